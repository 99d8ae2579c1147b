using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Mail.Smtp;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace ChatMonolith.Mail.Sending;

/// <summary>
/// The way to the mail server, for all rounds: a connection that fails is tried once more at once; one that fails again and again is left
/// alone for a while, longer each time to five minutes. It knows what the admin's page says of it.
/// </summary>
internal sealed class MailLine
{
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(5);
    private readonly ResiliencePipeline<SmtpConversation> pipeline;
    private readonly MailOptions options;
    private readonly TimeProvider time;
    private volatile Trouble? trouble;

    public MailLine(IOptions<MailOptions> options, TimeProvider time)
    {
        this.options = options.Value;
        this.time = time;
        var failures = new PredicateBuilder<SmtpConversation>().Handle<SmtpFailure>();
        pipeline = new ResiliencePipelineBuilder<SmtpConversation> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<SmtpConversation>
            {
                ShouldHandle = failures,
                FailureRatio = 1,
                MinimumThroughput = 2,
                SamplingDuration = TimeSpan.FromMinutes(2),
                BreakDurationGenerator = b => ValueTask.FromResult(Shorter(TimeSpan.FromSeconds(this.options.RetrySeconds * Math.Pow(2, Math.Min(b.FailureCount, 8) - 2)), LongestBreak)),
            })
            .AddRetry(new RetryStrategyOptions<SmtpConversation>
            {
                ShouldHandle = failures,
                MaxRetryAttempts = 1,
                Delay = TimeSpan.FromMilliseconds(500),
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Since when, and why, no mail leaves; null while it does.</summary>
    public Trouble? Now => trouble;

    public async Task<SmtpConversation> Open(CancellationToken ct)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await SmtpConversation.Open(options, token), ct);
        }
        catch (SmtpFailure e)
        {
            trouble = new Trouble(trouble?.Since ?? time.Now(), e.Message);
            throw;
        }
    }

    public void Worked() => trouble = null;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    internal sealed record Trouble(long Since, string Reason);
}
