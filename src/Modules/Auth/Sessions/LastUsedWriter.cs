using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Sessions;

/// <summary>Writes when sessions were last used, once a minute and when the server stops: losing a minute of it at a crash does no harm.</summary>
internal sealed class LastUsedWriter(LiveSessions live, ISocketSessions sockets, INodes nodes, IServiceScopeFactory scopes, TimeProvider time, ILogger<LastUsedWriter> logger) : BackgroundService
{
    private const int PerTransaction = 200;
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Write(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TouchConnected();
                await Write(stoppingToken);
                live.Trim();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last write follows in StopAsync.
        }
    }

    /// <summary>The node that ends idle sessions does not see the sockets of the others: what is connected here counts as used.</summary>
    private async Task TouchConnected()
    {
        if (nodes.AreSeveral)
        {
            var now = time.Now();
            foreach (var sessionId in await sockets.Open())
            {
                live.Peek(sessionId)?.Touch(now);
            }
        }
    }

    private async Task Write(CancellationToken ct)
    {
        try
        {
            foreach (var some in live.All.Where(s => s.EndedAt == 0 && s.LastUsedAt != s.WrittenAt).ToList().Chunk(PerTransaction))
            {
                await Write(some, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it was: an exception that left a background loop would stop the whole server.
            logger.LogWarning(e, "When sessions were last used could not be written; it is tried again in a minute");
        }
    }

    private async Task Write(IReadOnlyCollection<LiveSession> some, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        var written = some.Select(s => (Session: s, s.LastUsedAt)).ToList();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var (session, usedAt) in written)
        {
            await db.Sessions.Where(s => s.Id == session.Id && s.LastUsedAt < usedAt).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, usedAt), ct);
        }

        await transaction.CommitAsync(ct);
        foreach (var (session, usedAt) in written)
        {
            session.WrittenAt = usedAt;
        }
    }
}
