using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Notifying;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Log;

/// <summary>An entry as it is told: with its message as that is now.</summary>
/// <param name="Seq">Its number; the first one that it stands for.</param>
/// <param name="At">When.</param>
/// <param name="Entry">What happened.</param>
internal sealed record ToldEntry(long Seq, long At, LogEntry Entry)
{
    /// <summary>The number after which the log goes on.</summary>
    public long Last => Entry is { Type: LogEntryType.LogTrimmed, UpToSeq: { } to } ? to : Seq;
}

/// <summary>Reads logs for those who were away: the same entries, under the same numbers, as live listeners got.</summary>
internal sealed class LogReader(MessagingDb db, IMessageFiles files, IRooms rooms)
{
    /// <summary>More missed entries than that are not replayed: reloading the room is cheaper for both sides.</summary>
    public const int MaxReplay = 1_000;

    public async Task<IReadOnlyList<ToldEntry>> Room(Guid roomId, long after, long upTo, int limit, CancellationToken ct)
    {
        var rows = await db.Log.AsNoTracking().Where(e => e.RoomId == roomId && e.Seq > after && e.Seq <= upTo).OrderBy(e => e.Seq).Take(limit).ToListAsync(ct);
        var messageIds = rows.Where(r => EntryNames.ShowsMessage(r.Type)).Select(r => r.MessageId!.Value).Distinct().ToArray();
        var messages = messageIds.Length == 0 ? null : await MessageViews.Load(db, files, messageIds, ct);
        var room = rows.Exists(r => r.Type is LogEntryType.RoomUpdated) ? (await rooms.Find([roomId], ct)).GetValueOrDefault(roomId) : null;
        var threads = await ThreadsOfDeleted(rows, ct);
        var expiries = rows.Exists(r => r.Type is LogEntryType.MessagesExpired) ? await Expiries(roomId, rows[0].Seq, rows[^1].Seq, ct) : null;
        var told = rows.Select(r => new ToldEntry(r.Seq, r.At, ToEntry(r, messages, room, expiries, threads)));
        var isWhole = rows.Count > 0 ? rows[0].Seq == after + 1 : after >= upTo;
        return !isWhole && await Trimmed(roomId, after, ct) is { } trimmed ? [trimmed, .. told] : [.. told];
    }

    /// <summary>What stands for the entries after <paramref name="after"/> that retention has removed.</summary>
    private async Task<ToldEntry?> Trimmed(Guid roomId, long after, CancellationToken ct)
    {
        var trim = await db.Trims.AsNoTracking().SingleOrDefaultAsync(t => t.RoomId == roomId && t.ToSeq > after, ct);
        return trim is null
            ? null
            : new ToldEntry(after + 1, trim.At, new LogEntry(LogEntryType.LogTrimmed, Guid.Empty, UpToSeq: trim.ToSeq, Digest: Convert.ToHexStringLower(trim.Digest)));
    }

    /// <summary>Of the replies among those that were deleted.</summary>
    private async Task<Dictionary<Guid, Guid>?> ThreadsOfDeleted(List<LogRow> rows, CancellationToken ct)
    {
        var deleted = rows.Where(r => r.Type is LogEntryType.MessageDeleted).Select(r => r.MessageId!.Value).ToArray();
        return deleted.Length == 0
            ? null
            : await db.Messages.Where(m => deleted.Contains(m.Id) && m.ThreadId != null)
                .Select(m => new { m.Id, ThreadId = m.ThreadId!.Value })
                .ToDictionaryAsync(m => m.Id, m => m.ThreadId, ct);
    }

    private Task<Dictionary<long, long>> Expiries(Guid roomId, long from, long to, CancellationToken ct) =>
        db.Expiries.AsNoTracking().Where(e => e.RoomId == roomId && e.Seq >= from && e.Seq <= to).ToDictionaryAsync(e => e.Seq, e => e.UpToSeq, ct);

    public async Task<IReadOnlyList<OutFrame>> User(Guid userId, long after, long upTo, int limit, CancellationToken ct)
    {
        var rows = await db.UserLog.AsNoTracking().Where(e => e.UserId == userId && e.UserSeq > after && e.UserSeq <= upTo).OrderBy(e => e.UserSeq).Take(limit).ToListAsync(ct);
        var filled = await NotificationViews.Replay(db, files, rows, ct);
        return [.. rows.Select(r => EntryFrames.User(r.Type, r.UserSeq, r.At, filled.TryGetValue(r.UserSeq, out var payload) ? payload : System.Text.Encoding.UTF8.GetBytes(r.Payload)))];
    }

    private static LogEntry ToEntry(LogRow row, IReadOnlyDictionary<Guid, MessageView>? messages, RoomView? room, Dictionary<long, long>? expiries, Dictionary<Guid, Guid>? threads) => new(
        row.Type,
        row.ById,
        row.MessageId,
        row.UserId,
        row.Emoji,
        row.Role,
        row.MessageId is { } id && EntryNames.ShowsMessage(row.Type) ? messages?.GetValueOrDefault(id) : null,
        row.Type is LogEntryType.RoomUpdated ? room : null,
        row.Type is LogEntryType.MessagesExpired ? expiries?.GetValueOrDefault(row.Seq) : null,
        ThreadId: row.Type is LogEntryType.MessageDeleted && threads is not null && threads.TryGetValue(row.MessageId!.Value, out var threadId) ? threadId : null);
}
