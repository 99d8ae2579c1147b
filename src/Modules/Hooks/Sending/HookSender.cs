using System.Globalization;
using System.Text;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks.Sending;

/// <summary>
/// Follows the logs of rooms with hooks, as a client that was away would: each hook remembers the last number that its receiver took. So
/// nothing is owed by the log's writer, nothing is lost by a crash, and a receiver that is down hears everything in order when it is back.
/// </summary>
internal sealed class HookSender(
    IServiceScopeFactory scopes, HookClient client, IRoomEvents events, IRoomLog log, IRoomAccess access, IOptions<HooksOptions> options, TimeProvider time, ILogger<HookSender> logger)
    : BackgroundService
{
    private const int AtOnce = 50;
    private const int InParallel = 8;
    private const int Gone = 410;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private volatile bool expected = true;

    /// <summary>There is a hook now.</summary>
    public void Expect() => expected = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Round(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on where this one was.
        }
    }

    private async Task Round(CancellationToken ct)
    {
        // A server without hooks asks the database once.
        if (!expected)
        {
            return;
        }

        try
        {
            List<HookRow> hooks;
            await using (var scope = scopes.CreateAsyncScope())
            {
                hooks = await scope.ServiceProvider.GetRequiredService<HooksDb>().Hooks.AsNoTracking().Where(h => h.DisabledAt == null).ToListAsync(ct);
            }

            expected = hooks.Count > 0;
            var now = time.Now();
            await Parallel.ForEachAsync(hooks.Where(h => h.NextAt <= now), new ParallelOptions { MaxDegreeOfParallelism = InParallel, CancellationToken = ct }, async (hook, token) => await Tell(hook, token));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogWarning(e, "Hooks could not be told; it is tried again");
        }
    }

    private async Task Tell(HookRow hook, CancellationToken ct)
    {
        var head = await log.LastSeq(hook.RoomId, ct);
        if (head == hook.LastSeq)
        {
            return;
        }

        if (head < hook.LastSeq)
        {
            // The server was restored from a backup: the numbers after it are new ones.
            await Store(hook, lastSeq: head, failures: 0, wait: 0, problem: null, disable: false);
            return;
        }

        // With the right of who made it, at this moment.
        if (await access.Refuse(hook.RoomId, hook.CreatedBy, ct) is not null)
        {
            await Store(hook, hook.LastSeq, hook.Failures, wait: 0, "Its maker does not own the room any more.", disable: true);
            return;
        }

        var news = await events.After(hook.RoomId, hook.LastSeq, AtOnce, ct);
        if (news.Count == 0)
        {
            return;
        }

        byte[] body = [.. Encoding.ASCII.GetBytes($$"""{"hookId":"{{hook.Id}}","roomId":"{{hook.RoomId}}","items":"""), .. news.Json.Span, (byte)'}'];
        var (status, problem) = await client.Send(hook, body, string.Create(CultureInfo.InvariantCulture, $"{hook.Id:N}-{hook.LastSeq + 1}-{news.Last}"), ct);
        if (status is >= 200 and < 300)
        {
            await Store(hook, news.Last, failures: 0, wait: 0, problem: null, disable: false);
            return;
        }

        var failures = hook.Failures + 1;
        var disable = status is Gone || failures >= options.Value.MostFailures;
        var wait = Math.Min(options.Value.RetrySeconds * Math.Pow(2, Math.Min(failures - 1, 20)), LongestWait.TotalSeconds);
        await Store(hook, hook.LastSeq, failures, wait, problem, disable);
        if (disable)
        {
            logger.LogWarning("The hook {HookId} of room {RoomId} is switched off after {Failures} failures", hook.Id, hook.RoomId, failures);
        }
    }

    private async Task Store(HookRow hook, long lastSeq, int failures, double wait, string? problem, bool disable)
    {
        var now = time.Now();
        var next = now + (long)(wait * 1000);
        long? disabledAt = disable ? now : null;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HooksDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.Hooks.Where(h => h.Id == hook.Id).ExecuteUpdateAsync(
            set => set.SetProperty(h => h.LastSeq, lastSeq).SetProperty(h => h.Failures, failures).SetProperty(h => h.NextAt, next).SetProperty(h => h.Problem, problem).SetProperty(h => h.DisabledAt, disabledAt),
            CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
