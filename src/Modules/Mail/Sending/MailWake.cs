using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Mail.Sending;

/// <summary>
/// Starts the sending job at once when something is owed, a moment after the row was written, by which time its transaction is mostly over;
/// once more some seconds later, and again soon while something could not be sent. The rows decide: whatever this misses, the job's own schedule finds.
/// </summary>
internal sealed class MailWake(ISchedulerFactory schedulers, IOptions<MailOptions> options, TimeProvider time, ILogger<MailWake> logger) : BackgroundService
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool unfinished;

    public void Signal() => signals.Writer.TryWrite(true);

    /// <summary>What the last round left.</summary>
    public void Left(bool something) => unfinished = something;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Works)
        {
            return;
        }

        var again = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var signalled = await Signalled(stoppingToken);
                if (signalled)
                {
                    await Task.Delay(Moment, time, stoppingToken);
                    signals.Reader.TryRead(out _);
                }

                if (signalled || unfinished || again)
                {
                    // A commit may take longer than that moment: it is looked for once more.
                    again = signalled;
                    await (await schedulers.GetScheduler(stoppingToken)).TriggerJob(SendMail.Key, stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogWarning(e, "The sending of mail could not be started at once; it follows its schedule");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> Signalled(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Soon);
        try
        {
            return await signals.Reader.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
