using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Notifying;

/// <summary>The contract's <c>notification</c> as it is now: with the text that its message has now.</summary>
internal static class NotificationViews
{
    public const string EventType = "notification";

    public static NotificationView Of(NotificationRow row, string text) => new(
        row.Id, row.Kind, row.RoomId, row.MessageId, row.TransferId, row.ActorId, text, row.Seq, row.ThreadId, Instant.From(row.ReadAt), row.CreatedAt);

    public static async Task<IReadOnlyList<NotificationView>> Load(MessagingDb db, IMessageFiles files, IReadOnlyList<NotificationRow> rows, CancellationToken ct)
    {
        var texts = await Excerpts(db, files, [.. rows.Where(r => r.MessageId is not null).Select(r => r.MessageId!.Value)], ct);
        return [.. rows.Select(r => Of(r, r.MessageId is { } id ? texts.GetValueOrDefault(id, "") : r.Text))];
    }

    /// <summary>Stored events of the person's log, filled with what is now; one whose notification is gone stays as it is stored.</summary>
    public static async Task<IReadOnlyDictionary<long, byte[]>> Replay(MessagingDb db, IMessageFiles files, IReadOnlyList<UserLogRow> events, CancellationToken ct)
    {
        var stored = events.Where(e => e.Type == EventType).ToDictionary(e => e.UserSeq, e => JsonSerializer.Deserialize<NotificationEvent>(e.Payload, Json.Http)!.Notification);
        if (stored.Count == 0)
        {
            return new Dictionary<long, byte[]>();
        }

        var ids = stored.Values.Select(n => n.Id).ToArray();
        var rows = await db.Notifications.AsNoTracking().Where(n => ids.Contains(n.Id)).ToListAsync(ct);
        var now = (await Load(db, files, rows, ct)).ToDictionary(n => n.Id);
        return stored.ToDictionary(
            s => s.Key,
            s => JsonSerializer.SerializeToUtf8Bytes(new NotificationEvent(now.GetValueOrDefault(s.Value.Id) ?? s.Value), Json.Frames));
    }

    /// <summary>The beginnings of those messages that are there and not deleted.</summary>
    public static async Task<Dictionary<Guid, string>> Excerpts(MessagingDb db, IMessageFiles files, Guid[] messageIds, CancellationToken ct)
    {
        if (messageIds.Length == 0)
        {
            return [];
        }

        var starts = await db.Messages.AsNoTracking()
            .Where(m => messageIds.Contains(m.Id) && m.DeletedAt == null)
            .Select(m => new { m.Id, Start = m.Text!.Substring(0, MessageViews.ExcerptLength) })
            .ToListAsync(ct);
        return await MessageViews.Beginnings(files, starts.ToDictionary(s => s.Id, s => s.Start), transaction: null, ct);
    }
}
