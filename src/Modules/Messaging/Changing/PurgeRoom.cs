using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Search;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

/// <summary>Removes a deleted room's messages and its log, in small transactions between which others are served.</summary>
internal sealed class PurgeRoom(IRoomLog log, LogHeads heads, SearchIndex index, IMessageFiles files) : INotificationHandler<RoomDeleted>
{
    private const int RowsPerCommit = 500;

    /// <exception cref="InvalidOperationException">The log takes no work just now; the room's turn comes again.</exception>
    public async Task Handle(RoomDeleted notification, CancellationToken cancellationToken)
    {
        var roomId = notification.RoomId;
        while (await Commit((tx, db, ct) => PurgeMessages(tx, db, roomId, ct), cancellationToken) > 0)
        {
        }

        while (await Commit((_, db, ct) => PurgeEntries(db, roomId, ct), cancellationToken) > 0)
        {
        }

        while (await Commit((_, db, ct) => PurgeSpent(db, roomId, ct), cancellationToken) > 0)
        {
        }

        await Commit((_, db, ct) => PurgeRest(db, roomId, ct), cancellationToken);
        heads.Rooms.TryRemove(roomId, out _);

        // Last: while its log is there, the index would follow it again.
        await index.Purge(roomId, cancellationToken);
    }

    private async Task<int> Commit(Func<ILogTransaction, MessagingDb, CancellationToken, Task<int>> purge, CancellationToken ct)
    {
        var removed = await log.Commit<int>(async (tx, token) => await purge(tx, tx.Use<MessagingDb>(), token), new CommitOrigin(), ct);
        return removed.IsOk ? removed.Value : throw new InvalidOperationException("The log takes no work just now: " + removed.Error.Code);
    }

    private async Task<int> PurgeMessages(ILogTransaction tx, MessagingDb db, Guid roomId, CancellationToken ct)
    {
        var ids = await db.Messages.Where(m => m.RoomId == roomId).OrderBy(m => m.Id).Select(m => m.Id).Take(RowsPerCommit).ToListAsync(ct);
        await MessageDetails.Remove(db, ids, ct);
        await files.Release(tx, ids, ct);
        return await db.Messages.Where(m => ids.Contains(m.Id)).ExecuteDeleteAsync(ct);
    }

    private static async Task<int> PurgeEntries(MessagingDb db, Guid roomId, CancellationToken ct)
    {
        var first = await db.Log.Where(e => e.RoomId == roomId).MinAsync(e => (long?)e.Seq, ct);
        return first is null ? 0 : await db.Log.Where(e => e.RoomId == roomId && e.Seq < first + RowsPerCommit).ExecuteDeleteAsync(ct);
    }

    private static async Task<int> PurgeSpent(MessagingDb db, Guid roomId, CancellationToken ct)
    {
        db.Spent.RemoveRange(await db.Spent.Where(s => s.RoomId == roomId).OrderBy(s => s.SenderId).ThenBy(s => s.ClientId).Take(RowsPerCommit).ToListAsync(ct));
        return await db.SaveChangesAsync(ct);
    }

    private static async Task<int> PurgeRest(MessagingDb db, Guid roomId, CancellationToken ct) =>
        await db.Reads.Where(r => r.RoomId == roomId).ExecuteDeleteAsync(ct) + await db.Trims.Where(t => t.RoomId == roomId).ExecuteDeleteAsync(ct)
        + await db.Expiries.Where(e => e.RoomId == roomId).ExecuteDeleteAsync(ct)
        + await db.Heads.Where(h => h.RoomId == roomId).ExecuteDeleteAsync(ct);
}
