using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

/// <summary>A stretch of a room's messages, ascending, true at <paramref name="AtSeq"/>: the log can be followed from there.</summary>
internal sealed record HistoryPage(IReadOnlyList<MessageView> Items, bool HasBefore, bool HasAfter, long AtSeq);

/// <summary>
/// Walks a room's messages by their numbers, thread replies apart. Tombstones are part of it: a page is never thinned out after it
/// was read, so nothing is skipped and no page ends early.
/// </summary>
internal static class History
{
    public static Task<long> Head(MessagingDb db, Guid roomId, CancellationToken ct) =>
        db.Heads.Where(h => h.RoomId == roomId).Select(h => h.Seq).SingleOrDefaultAsync(ct);

    /// <summary>The last <paramref name="limit"/> messages below <paramref name="seq"/>.</summary>
    public static async Task<HistoryPage> Before(MessagingDb db, IMessageFiles files, Guid roomId, long seq, int limit, CancellationToken ct)
    {
        var head = await Head(db, roomId, ct);
        var (rows, more) = await Down(db, roomId, Math.Min(seq, head + 1), limit, ct);
        var hasAfter = seq <= head && (await Up(db, roomId, seq, head, 1, ct)).Rows.Count > 0;
        return new HistoryPage(await MessageViews.Of(db, files, rows, ct), more, hasAfter, head);
    }

    /// <summary>The first <paramref name="limit"/> messages above <paramref name="seq"/>.</summary>
    public static async Task<HistoryPage> After(MessagingDb db, IMessageFiles files, Guid roomId, long seq, int limit, CancellationToken ct)
    {
        var head = await Head(db, roomId, ct);
        var from = seq < head ? seq + 1 : head + 1;
        var (rows, more) = await Up(db, roomId, from, head, limit, ct);
        var hasBefore = (await Down(db, roomId, from, 1, ct)).Rows.Count > 0;
        return new HistoryPage(await MessageViews.Of(db, files, rows, ct), hasBefore, more, head);
    }

    /// <summary>About half before <paramref name="seq"/>, the rest from it on.</summary>
    public static async Task<HistoryPage> Around(MessagingDb db, IMessageFiles files, Guid roomId, long seq, int limit, CancellationToken ct)
    {
        var head = await Head(db, roomId, ct);
        var middle = Math.Min(seq, head + 1);
        var (earlier, moreBefore) = await Down(db, roomId, middle, limit / 2, ct);
        var (later, moreAfter) = await Up(db, roomId, middle, head, limit - (limit / 2), ct);
        return new HistoryPage(await MessageViews.Of(db, files, [.. earlier, .. later], ct), moreBefore, moreAfter, head);
    }

    /// <returns>Ascending rows below <paramref name="below"/>, and whether there are more before them.</returns>
    private static async Task<(IReadOnlyList<MessageRow> Rows, bool More)> Down(MessagingDb db, Guid roomId, long below, int limit, CancellationToken ct)
    {
        var rows = await db.Messages.AsNoTracking()
            .Where(m => m.RoomId == roomId && m.ThreadId == null && m.Seq < below)
            .OrderByDescending(m => m.Seq)
            .Take(limit + 1)
            .ToListAsync(ct);
        var more = rows.Count > limit;
        return ([.. rows.Take(limit).Reverse()], more);
    }

    /// <returns>Ascending rows from <paramref name="from"/> on, and whether there are more after them.</returns>
    private static async Task<(IReadOnlyList<MessageRow> Rows, bool More)> Up(MessagingDb db, Guid roomId, long from, long upTo, int limit, CancellationToken ct)
    {
        var rows = await db.Messages.AsNoTracking()
            .Where(m => m.RoomId == roomId && m.ThreadId == null && m.Seq >= from && m.Seq <= upTo)
            .OrderBy(m => m.Seq)
            .Take(limit + 1)
            .ToListAsync(ct);
        var more = rows.Count > limit;
        return ([.. rows.Take(limit)], more);
    }
}
