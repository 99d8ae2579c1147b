using System.Text;
using ChatMonolith.Contracts.Hooks;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks.Sending;

/// <summary>The same client, guard and signature for what is no room's hook.</summary>
internal sealed class SignedPosts(HookClient client, IOptions<HooksOptions> options) : ISignedPosts
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public TimeSpan WaitAfter(int failures) => TimeSpan.FromSeconds(Math.Min(options.Value.RetrySeconds * Math.Pow(2, Math.Min(failures, 20)), LongestWait.TotalSeconds));

    public async Task<PostProblem?> Send(string url, string secret, ReadOnlyMemory<byte> body, string delivery, CancellationToken ct)
    {
        var (status, problem) = await client.Send(url, Encoding.ASCII.GetBytes(secret), body, delivery, ct);
        return status is >= 200 and < 300 ? null : new PostProblem(problem, status is not null, status is >= 400 and < 500 and not (408 or 429));
    }
}
