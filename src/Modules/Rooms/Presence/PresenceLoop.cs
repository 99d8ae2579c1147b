using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Rooms.Presence;

/// <summary>
/// Does for the board what takes time: loads what people chose, tells watchers, and writes once a second what changed. A watcher's
/// right is asked for each telling, so that who no longer shares a room hears nothing.
/// </summary>
internal sealed class PresenceLoop(PresenceBoard board, IRoomAccess access, IServiceScopeFactory scopes, TimeProvider time, ILogger<PresenceLoop> logger) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Tell(stoppingToken), SaveNowAndThen(stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Save(cancellationToken);
    }

    private async Task Tell(CancellationToken ct)
    {
        await Task.Yield();
        var batch = new HashSet<Guid>();
        while (await board.Changed.WaitToReadAsync(ct))
        {
            batch.Clear();
            while (batch.Count < Batch && board.Changed.TryRead(out var userId))
            {
                batch.Add(userId);
            }

            try
            {
                await Tell(batch, ct);
            }
            catch (Exception e) when (DatabaseFailures.Classify(e) is not null)
            {
                logger.LogWarning(e, "The presence of {Count} people could not be told; it is tried again", batch.Count);
                await Task.Delay(SaveEvery, time, ct);
                foreach (var userId in batch)
                {
                    board.Touch(userId);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                logger.LogError(e, "Telling the presence of {Count} people failed unexpectedly", batch.Count);
            }
        }
    }

    private async Task Tell(HashSet<Guid> userIds, CancellationToken ct)
    {
        var unknown = board.NotLoaded(userIds);
        if (unknown.Count > 0)
        {
            await using var scope = scopes.CreateAsyncScope();
            var rows = await scope.ServiceProvider.GetRequiredService<RoomsDb>().StoredPresence(unknown, ct);
            foreach (var userId in unknown)
            {
                board.Load(userId, rows.GetValueOrDefault(userId));
            }
        }

        foreach (var userId in userIds)
        {
            if (board.TryTakeChange(userId, out var change) && change.Watchers.Count > 0)
            {
                await Tell(change, ct);
            }
        }
    }

    private async Task Tell(PresenceChange change, CancellationToken ct)
    {
        IReadOnlySet<Guid> sharing;
        try
        {
            sharing = await access.SharingARoom(change.Now.UserId, change.Watchers.Select(c => c.Caller.UserId).ToHashSet(), ct);
        }
        catch
        {
            board.GiveBack(change);
            throw;
        }

        var frame = OutFrame.Text(new Event("presence", change.Now.UserId, change.Now.Status, change.Now.LastSeenAt));
        foreach (var connection in change.Watchers.Where(c => sharing.Contains(c.Caller.UserId)))
        {
            connection.Send(frame, ephemeral: true);
        }
    }

    private async Task SaveNowAndThen(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SaveEvery, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            await Save(ct);
        }
    }

    private async Task Save(CancellationToken ct)
    {
        while (board.TakeUnsaved(Batch) is { Count: > 0 } unsaved)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
                var rows = await db.Presence.Where(p => unsaved.Contains(p.UserId)).ToDictionaryAsync(p => p.UserId, ct);
                foreach (var userId in unsaved)
                {
                    if (!rows.TryGetValue(userId, out var row))
                    {
                        row = new PersonPresence { UserId = userId };
                        db.Presence.Add(row);
                    }

                    board.SaveTo(row);
                }

                await db.SaveChangesAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                logger.LogWarning(e, "The presence of {Count} people could not be saved; it is tried again", unsaved.Count);
                board.NotSaved(unsaved);
                return;
            }
        }
    }

    private sealed record Event(string Type, Guid UserId, VisibleStatus Status, Instant? LastSeenAt);
}
