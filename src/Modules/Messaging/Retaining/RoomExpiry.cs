using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Changing;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Retaining;

/// <summary>
/// Removes the old part of a room's log with the messages that it made, from its beginning and without a gap, in small commits between
/// which others are served. What stays is the digest at the end of the removed part, so that the chain can be followed from there, and
/// the client ids, so that a repeat is known for ever.
/// </summary>
internal sealed class RoomExpiry(IRoomLog log, LogHeads heads, IMessageFiles files)
{
    private const int EntriesPerCommit = 500;

    /// <summary>Nobody did it: the server's own acts carry the nil id.</summary>
    private static readonly Guid Server = Guid.Empty;

    /// <param name="roomId">A room with a log.</param>
    /// <param name="before">UTC milliseconds: entries from before it go.</param>
    /// <param name="ct">Stops between two commits.</param>
    /// <exception cref="InvalidOperationException">The log takes no work just now; the room's turn comes again.</exception>
    public async Task Expire(Guid roomId, long before, CancellationToken ct)
    {
        int removed;
        do
        {
            ct.ThrowIfCancellationRequested();
            var step = await log.Commit<int>((tx, token) => Step(tx, roomId, before, token), new CommitOrigin(), ct);
            removed = step.IsOk ? step.Value : throw new InvalidOperationException("The log takes no work just now: " + step.Error.Code);
        }
        while (removed == EntriesPerCommit);
    }

    private async Task<Result<int>> Step(ILogTransaction tx, Guid roomId, long before, CancellationToken ct)
    {
        var db = tx.Use<MessagingDb>();
        var trim = await db.Trims.SingleOrDefaultAsync(t => t.RoomId == roomId, ct);
        var from = trim?.ToSeq ?? 0;
        var next = await db.Log.AsNoTracking().Where(e => e.RoomId == roomId && e.Seq > from).OrderBy(e => e.Seq).Take(EntriesPerCommit).ToListAsync(ct);
        var old = next.TakeWhile(e => e.At < before).ToList();
        if (old.Count == 0)
        {
            return 0;
        }

        var to = old[^1].Seq;
        var removedMessages = await RemoveMessages(tx, db, [.. old.Where(e => e.Type is LogEntryType.MessageCreated).Select(e => e.MessageId!.Value)], ct);
        await db.Expiries.Where(e => e.RoomId == roomId && e.Seq <= to).ExecuteDeleteAsync(ct);
        await db.Log.Where(e => e.RoomId == roomId && e.Seq > from && e.Seq <= to).ExecuteDeleteAsync(ct);
        if (trim is null)
        {
            trim = new TrimRow { RoomId = roomId, Digest = Digest.Start(roomId) };
            db.Trims.Add(trim);
        }

        trim.Digest = old.Aggregate(trim.Digest, (digest, e) => Digest.Next(digest, roomId, e.Seq, new LogEntry(e.Type, e.ById, e.MessageId, e.UserId, e.Emoji), e.At));
        (trim.ToSeq, trim.At) = (to, old[^1].At);
        if (removedMessages > 0)
        {
            var seq = await tx.Append(roomId, new LogEntry(LogEntryType.MessagesExpired, Server, UpToSeq: to), ct);
            db.Expiries.Add(new ExpiryRow { RoomId = roomId, Seq = seq, UpToSeq = to });
        }

        await db.SaveChangesAsync(ct);
        if (heads.Rooms.TryGetValue(roomId, out var head))
        {
            // Before the commit: a repeat of what was removed may stand in the same batch. If it fails, sends look once where nothing is.
            head.TrimmedTo = to;
        }

        return old.Count;
    }

    private async Task<int> RemoveMessages(ILogTransaction tx, MessagingDb db, Guid[] ids, CancellationToken ct)
    {
        if (ids.Length == 0)
        {
            return 0;
        }

        db.Spent.AddRange(await db.Messages.AsNoTracking().Where(m => ids.Contains(m.Id))
            .Select(m => new SpentRow { RoomId = m.RoomId, SenderId = m.SenderId, ClientId = m.ClientId, MessageId = m.Id, Seq = m.Seq, CreatedAt = m.CreatedAt, RequestMac = m.RequestMac })
            .ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        await MessageDetails.Remove(db, ids, ct);
        await files.Release(tx, ids, ct);
        return await db.Messages.Where(m => ids.Contains(m.Id)).ExecuteDeleteAsync(ct);
    }
}
