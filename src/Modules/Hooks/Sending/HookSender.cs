using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
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
    IServiceScopeFactory scopes, HookClient client, IRoomEvents events, IRoomLog log, IRoomAccess access, IPeople people, INodes nodes, IOptions<HooksOptions> options, TimeProvider time, ILogger<HookSender> logger)
    : BackgroundService
{
    private const int AtOnce = 50;
    private const int InParallel = 8;
    private const int Gone = 410;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<Guid, bool> busy = [];
    private readonly SemaphoreSlim places = new(InParallel);
    private volatile bool expected = true;

    /// <summary>There is a hook now.</summary>
    public void Expect() => expected = true;

    public override void Dispose()
    {
        places.Dispose();
        base.Dispose();
    }

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

        for (var i = 0; i < InParallel; i++)
        {
            // Whoever is being told was cancelled, and gives its place back.
            await places.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Waits for a free place, and for nobody's receiver: one that is slow holds up its own hook alone.</summary>
    private async Task Round(CancellationToken ct)
    {
        // A server without hooks asks the database once. Of several nodes one tells, whichever made the hook.
        if (!(expected || nodes.AreSeveral) || !nodes.IsLeader)
        {
            return;
        }

        try
        {
            // Before the reading: what is told meanwhile stands in its row with numbers that are old.
            var running = busy.Keys.ToHashSet();
            List<HookRow> hooks;
            await using (var scope = scopes.CreateAsyncScope())
            {
                hooks = await scope.ServiceProvider.GetRequiredService<HooksDb>().Hooks.AsNoTracking().Where(h => h.DisabledAt == null).ToListAsync(ct);
            }

            expected = hooks.Count > 0;
            var now = time.Now();
            foreach (var hook in hooks.Where(h => h.NextAt <= now && !running.Contains(h.Id)))
            {
                await places.WaitAsync(ct);
                busy[hook.Id] = true;
                _ = TellInItsPlace(hook, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogWarning(e, "Hooks could not be told; it is tried again");
        }
    }

    /// <summary>What goes wrong with one is that one's failure.</summary>
    private async Task TellInItsPlace(HookRow hook, CancellationToken ct)
    {
        try
        {
            await Tell(hook, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The next start tells it.
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The hook {HookId} could not be told; it is tried again", hook.Id);
            await FailQuietly(hook);
        }
        finally
        {
            busy.TryRemove(hook.Id, out _);
            places.Release();
        }
    }

    private async Task FailQuietly(HookRow hook)
    {
        try
        {
            await Fail(hook, "The server could not send it.", isGone: false);
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The failure of the hook {HookId} could not be written down", hook.Id);
        }
    }

    private async Task Tell(HookRow listed, CancellationToken ct)
    {
        var head = await log.LastSeq(listed.RoomId, ct);
        if (head < listed.LastSeq && nodes.AreSeveral)
        {
            // What another node told last may not have been followed here yet.
            await log.Barrier(ct);
            head = await log.LastSeq(listed.RoomId, ct);
        }

        if (head == listed.LastSeq)
        {
            return;
        }

        if (head < listed.LastSeq)
        {
            // The server was restored from a backup: the numbers after it are new ones.
            await Store(listed, lastSeq: head, failures: 0, wait: 0, problem: null, disable: false);
            return;
        }

        var news = await events.After(listed.RoomId, listed.LastSeq, AtOnce, ct);

        // It may have waited for its place: switched off or removed meanwhile, it is not told.
        if (news.Count == 0 || await Find(listed.Id, ct) is not { DisabledAt: null } hook || hook.LastSeq != listed.LastSeq)
        {
            return;
        }

        // With the right of who made it, at this moment: nothing is read after it, and nothing leaves for who lost it while this was read.
        if (await access.RefuseMaker(people, hook.RoomId, hook.CreatedBy, botId: null, ct) is not null)
        {
            await Store(hook, hook.LastSeq, hook.Failures, wait: 0, "Its maker does not own the room any more, or is not active.", disable: true);
            return;
        }

        byte[] body = [.. Encoding.ASCII.GetBytes($$"""{"hookId":"{{hook.Id}}","roomId":"{{hook.RoomId}}","items":"""), .. news.Json.Span, (byte)'}'];
        var (status, problem) = await client.Send(hook, body, string.Create(CultureInfo.InvariantCulture, $"{hook.Id:N}-{hook.LastSeq + 1}-{news.Last}"), ct);
        if (status is >= 200 and < 300)
        {
            await Store(hook, news.Last, failures: 0, wait: 0, problem: null, disable: false);
            return;
        }

        await Fail(hook, problem, status is Gone);
    }

    private async Task Fail(HookRow hook, string problem, bool isGone)
    {
        var failures = hook.Failures + 1;
        var disable = isGone || failures >= options.Value.MostFailures;
        var wait = Math.Min(options.Value.RetrySeconds * Math.Pow(2, Math.Min(failures - 1, 20)), LongestWait.TotalSeconds);
        await Store(hook, hook.LastSeq, failures, wait, problem, disable);
        if (disable)
        {
            logger.LogWarning("The hook {HookId} of room {RoomId} is switched off after {Failures} failures", hook.Id, hook.RoomId, failures);
        }
    }

    private async Task<HookRow?> Find(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<HooksDb>().Hooks.AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, ct);
    }

    /// <summary>What the receiver took stands in any case; how the hook does only as long as nobody switched it off, or on anew, since it was read.</summary>
    private async Task Store(HookRow hook, long lastSeq, int failures, double wait, string? problem, bool disable)
    {
        var now = time.Now();
        var next = now + (long)(wait * 1000);
        long? disabledAt = disable ? now : null;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HooksDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var row = db.Hooks.Where(h => h.Id == hook.Id);
        if (lastSeq != hook.LastSeq)
        {
            // Another node may tell the same hook when the leader changes: its place never moves back.
            await row.Where(h => h.LastSeq == hook.LastSeq).ExecuteUpdateAsync(set => set.SetProperty(h => h.LastSeq, lastSeq), CancellationToken.None);
        }

        await row.Where(h => h.DisabledAt == null && h.CreatedBy == hook.CreatedBy && h.Failures == hook.Failures).ExecuteUpdateAsync(
            set => set.SetProperty(h => h.Failures, failures).SetProperty(h => h.NextAt, next).SetProperty(h => h.Problem, problem).SetProperty(h => h.DisabledAt, disabledAt),
            CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
