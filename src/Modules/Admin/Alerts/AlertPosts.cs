using System.Text;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Hooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts;

/// <summary>
/// Sends what is owed to the webhook, in order: the first that is not taken holds up the others. Each attempt is counted, and the next
/// set, before it is made. A crash between an answer and its record costs a repeat under the same <c>X-Chat-Delivery</c>.
/// </summary>
internal sealed class AlertPosts(AdminDb db, ISignedPosts posts, IOptions<AlertsOptions> options, TimeProvider time, ILogger<AlertPosts> logger)
{
    private const int AtOnce = 20;
    private const long GiveUpAfter = 48L * 60 * 60 * 1000;

    public async Task Run(CancellationToken ct)
    {
        foreach (var post in await db.AlertPosts.AsNoTracking().OrderBy(p => p.Id).Take(AtOnce).ToListAsync(ct))
        {
            var now = time.Now();
            if (options.Value.Webhook.Length == 0 || now - post.CreatedAt > GiveUpAfter)
            {
                logger.LogWarning("The webhook was not told of an alert: {Problem}", post.Problem ?? "none is set any more");
                await Forget(post);
            }
            else if (post.NextAt > now || !await Claim(post, now, ct) || !await Send(post, ct))
            {
                return;
            }
        }
    }

    private async Task<bool> Send(AlertPostRow post, CancellationToken ct)
    {
        if (await posts.Send(options.Value.Webhook, options.Value.WebhookSecret, Encoding.UTF8.GetBytes(post.Body), $"alert-{post.Id:N}", ct) is { } problem)
        {
            logger.LogWarning("The webhook was not told of an alert at the {Attempt}. attempt: {Problem}", post.Attempts + 1, problem);
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            await db.AlertPosts.Where(p => p.Id == post.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Problem, problem), CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
            return false;
        }

        await Forget(post);
        return true;
    }

    /// <returns>False when another scheduler has it.</returns>
    private async Task<bool> Claim(AlertPostRow post, long now, CancellationToken ct)
    {
        var next = now + (long)posts.WaitAfter(post.Attempts).TotalMilliseconds;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var claimed = await db.AlertPosts.Where(p => p.Id == post.Id && p.Attempts == post.Attempts)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Attempts, p => p.Attempts + 1).SetProperty(p => p.NextAt, next), ct);
        await transaction.CommitAsync(CancellationToken.None);
        return claimed == 1;
    }

    private async Task Forget(AlertPostRow post)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.AlertPosts.Where(p => p.Id == post.Id).ExecuteDeleteAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
