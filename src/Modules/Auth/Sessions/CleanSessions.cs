using ChatMonolith.Auth.Nodes;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Auth.Sessions;

/// <summary>Ends the sessions whose time is over, with their sockets, and forgets the ended ones with their used refresh tokens.</summary>
[DisallowConcurrentExecution]
internal sealed class CleanSessions(AuthDb db, LiveSessions live, SessionEnding ending, ISocketSessions sockets, SocketTickets tickets, SharedOnce once, IOptions<AuthOptions> options, TimeProvider time) : IJob
{
    public const string Name = "auth.clean-sessions";

    private const int AtOnce = 500;
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        tickets.Sweep();
        await once.Sweep(db, cancellationToken);
        await EndExpired(cancellationToken);
        await ForgetEnded(cancellationToken);
    }

    private async Task EndExpired(CancellationToken ct)
    {
        var now = time.Now();
        var idleSince = now - (long)options.Value.IdleLimit.TotalMilliseconds;
        var over = await db.Sessions.AsNoTracking()
            .Where(s => s.EndedAt == null && (s.ExpiresAt <= now || (s.Kind == SessionKind.Login && s.LastUsedAt <= idleSince)))
            .Select(s => new { s.Id, s.ExpiresAt }).ToListAsync(ct);
        var connected = over.Count == 0 ? null : await sockets.Open();
        var ended = over.Where(s => s.ExpiresAt <= now || !(connected!.Contains(s.Id) || live.Peek(s.Id)?.LastUsedAt > idleSince)).Select(s => s.Id);
        foreach (var some in ended.Chunk(AtOnce))
        {
            await ending.End(accountId: null, some, "their time was over");
        }
    }

    private async Task ForgetEnded(CancellationToken ct)
    {
        var before = time.Now() - (long)KeepEnded.TotalMilliseconds;
        List<Guid> forgotten;
        do
        {
            forgotten = await db.Sessions.AsNoTracking().Where(s => s.EndedAt < before).OrderBy(s => s.Id).Select(s => s.Id).Take(AtOnce).ToListAsync(ct);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.RefreshTokens.Where(t => forgotten.Contains(t.SessionId)).ExecuteDeleteAsync(ct);
            await db.Sessions.Where(s => forgotten.Contains(s.Id)).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
        }
        while (forgotten.Count == AtOnce);
    }
}
