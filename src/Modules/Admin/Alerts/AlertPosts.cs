using System.Text;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Hooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts;

/// <summary>
/// Sends what is owed to the webhook: of one alert in order, so that its end is not told before it; one alert holds up no other. What is
/// refused for good is not repeated. Each attempt is counted, and the next set, before it is made. A crash between an answer and its record
/// costs a repeat under the same <c>X-Chat-Delivery</c>.
/// </summary>
internal sealed class AlertPosts(AdminDb db, ISignedPosts posts, IOptions<AlertsOptions> options, TimeProvider time, ILogger<AlertPosts> logger)
{
    /// <summary>More than two days' worth of all alerts, so that none is hidden behind others that wait.</summary>
    private const int AtOnce = 200;
    private const long GiveUpAfter = 48L * 60 * 60 * 1000;

    private enum Outcome
    {
        Done,
        Waits,
        Unreachable,
    }

    public async Task Run(CancellationToken ct)
    {
        var waiting = new HashSet<Guid>();
        foreach (var post in await db.AlertPosts.AsNoTracking().OrderBy(p => p.Id).Take(AtOnce).ToListAsync(ct))
        {
            if (waiting.Contains(post.AlertId))
            {
                continue;
            }

            var outcome = await Look(post, ct);
            if (outcome is Outcome.Unreachable)
            {
                // The others would only wait for it as long.
                return;
            }

            if (outcome is Outcome.Waits)
            {
                waiting.Add(post.AlertId);
            }
        }
    }

    private async Task<Outcome> Look(AlertPostRow post, CancellationToken ct)
    {
        var now = time.Now();
        if (options.Value.Webhook.Length == 0 || now - post.CreatedAt > GiveUpAfter)
        {
            logger.LogWarning("The webhook was not told of an alert: {Problem}", post.Problem ?? "none is set any more");
            await Forget(post);
            return Outcome.Done;
        }

        return post.NextAt <= now && await Claim(post, now, ct) ? await Send(post, ct) : Outcome.Waits;
    }

    private async Task<Outcome> Send(AlertPostRow post, CancellationToken ct)
    {
        if (await posts.Send(options.Value.Webhook, options.Value.WebhookSecret, Encoding.UTF8.GetBytes(post.Body), $"alert-{post.Id:N}", ct) is not { } problem)
        {
            await Forget(post);
            return Outcome.Done;
        }

        logger.LogWarning("The webhook was not told of an alert at the {Attempt}. attempt{Final}: {Problem}", post.Attempts + 1, problem.IsFinal ? ", the last" : "", problem.Text);
        if (problem.IsFinal)
        {
            await Forget(post);
            return Outcome.Done;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.AlertPosts.Where(p => p.Id == post.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Problem, problem.Text), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return problem.HasAnswered ? Outcome.Waits : Outcome.Unreachable;
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
