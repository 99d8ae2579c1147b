using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>
/// Sends what browsers are owed. A row goes when its push service has taken it, when it has become pointless, or when it was tried for a
/// day; a crash between the sending and that costs a repeat, which the browser shows in place of the first.
/// </summary>
internal sealed class PushSender(PushAudience audience, INodes nodes, IServiceScopeFactory scopes, PushClient client, IOptions<PushOptions> options, TimeProvider time, ILogger<PushSender> logger)
    : BackgroundService
{
    private const int AtOnce = 50;
    private const int InParallel = 16;
    private const int MostAttempts = 12;

    /// <summary>Refusals in a row, each of another notification, after which a browser is given up.</summary>
    private const int MostRefusals = 10;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookWhetherLeader = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = AfterFailure;
            if (!nodes.IsLeader)
            {
                await audience.WaitForOwed(LookWhetherLeader, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            try
            {
                var next = await audience.NextOwed(stoppingToken);
                if (next <= time.Now())
                {
                    await SendDue(stoppingToken);
                    continue;
                }

                wait = next is { } at ? TimeSpan.FromMilliseconds(Math.Min(at - time.Now() + 1, LookEvery.TotalMilliseconds)) : LookEvery;
                wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Notifications could not be pushed; they are tried again");
            }

            await audience.WaitForOwed(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendDue(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var now = time.Now();
        var due = await db.PushOwed.Where(o => o.NextAt <= now).OrderBy(o => o.NextAt).Take(AtOnce).ToListAsync(ct);
        var subscriptionIds = due.Select(o => o.SubscriptionId).Distinct().ToArray();
        var subscriptions = await db.PushSubscriptions.Where(s => subscriptionIds.Contains(s.Id)).ToDictionaryAsync(s => s.Id, ct);
        var composed = await scope.ServiceProvider.GetRequiredService<PushComposer>().Compose(due, subscriptions, ct);
        var results = new (PushOutcome Outcome, TimeSpan? RetryAfter)[due.Count];
        await Parallel.ForAsync(0, due.Count, new ParallelOptions { MaxDegreeOfParallelism = InParallel, CancellationToken = ct }, async (i, token) =>
        {
            if (composed[i] is { } plain)
            {
                var subscription = subscriptions[due[i].SubscriptionId];
                var body = PushEncryption.Encrypt(plain, subscription.Key, subscription.Secret);
                results[i] = await client.Send(new Uri(subscription.Endpoint), body, due[i].Kind, token);
            }
        });
        for (var i = 0; i < due.Count; i++)
        {
            Settle(db, due[i], subscriptions.GetValueOrDefault(due[i].SubscriptionId), results[i], wasSent: composed[i] is not null);
        }

        await Save(db, ct);
    }

    private void Settle(MessagingDb db, PushOwedRow owed, PushSubscriptionRow? subscription, (PushOutcome Outcome, TimeSpan? RetryAfter) result, bool wasSent)
    {
        if (!wasSent || subscription is null)
        {
            db.PushOwed.Remove(owed);
            return;
        }

        var now = time.Now();
        switch (result.Outcome)
        {
            case PushOutcome.Later when owed.Attempts + 1 < MostAttempts && now - owed.CreatedAt < GivenUpAfter.TotalMilliseconds:
                owed.Attempts++;
                var doubled = options.Value.RetrySeconds * Math.Pow(2, owed.Attempts - 1);
                var wait = Math.Min(Math.Max(doubled, result.RetryAfter?.TotalSeconds ?? 0), LongestWait.TotalSeconds);
                owed.NextAt = now + (long)(wait * 1000);
                return;
            case PushOutcome.Sent:
                subscription.Refusals = 0;
                break;
            case PushOutcome.Gone:
                db.PushSubscriptions.Remove(subscription);
                break;
            case PushOutcome.Refused:
                subscription.Refusals++;
                logger.LogInformation("A push service at {Host} refused a notification", new Uri(subscription.Endpoint).Host);
                if (subscription.Refusals >= MostRefusals)
                {
                    db.PushSubscriptions.Remove(subscription);
                }

                break;
        }

        db.PushOwed.Remove(owed);
    }

    private static async Task Save(MessagingDb db, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await db.SaveChangesAsync(ct);
                return;
            }
            catch (DbUpdateConcurrencyException e) when (e.Entries.Count > 0)
            {
                // Somebody unsubscribed or logged out meanwhile and took their rows along: the rest is saved.
                foreach (var entry in e.Entries)
                {
                    entry.State = EntityState.Detached;
                }
            }
        }
    }
}
