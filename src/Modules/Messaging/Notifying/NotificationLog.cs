using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Pushing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Notifying;

/// <inheritdoc cref="INotifications"/>
internal sealed class NotificationLog(IRoomPreferences rooms, PushAudience audience, PushOwing pushes) : INotifications
{
    /// <summary>People in one statement.</summary>
    private const int AtOnce = 500;

    private static readonly PreferenceRow Defaults = new();
    private static readonly IReadOnlySet<Guid> Nobody = new HashSet<Guid>();

    public async Task Notify(ILogTransaction transaction, IReadOnlyCollection<Guid> userIds, NewNotification notification, CancellationToken ct)
    {
        foreach (var some in userIds.Where(id => id != notification.ActorId).Distinct().Chunk(AtOnce))
        {
            await NotifySome((LogTransaction)transaction, some, notification, ct);
        }
    }

    private async Task NotifySome(LogTransaction transaction, Guid[] userIds, NewNotification notification, CancellationToken ct)
    {
        var db = transaction.Use<MessagingDb>();
        var bit = PreferenceRow.Bit(notification.Kind);
        var preferences = await db.Preferences.AsNoTracking().Where(p => userIds.Contains(p.UserId)).ToDictionaryAsync(p => p.UserId, ct);
        var muted = notification is { RoomId: { } roomId, MessageId: not null } ? await rooms.Muted(transaction, roomId, userIds, ct) : Nobody;
        var reached = userIds.Where(id => !muted.Contains(id)).ToList();
        var listed = notification.Kind is NotificationKind.Direct or NotificationKind.Message
            ? new Dictionary<Guid, Guid>()
            : await List(transaction, db, reached.Where(id => (Of(id).InApp & bit) != 0), notification, ct);
        var pushed = reached.Where(id => audience.Has(id) && (Of(id).Push & bit) != 0 && !PreferenceViews.IsQuiet(Of(id), transaction.At));
        await pushes.Owe(transaction, pushed.ToDictionary(id => id, id => listed.TryGetValue(id, out var row) ? row : (Guid?)null), notification, ct);

        PreferenceRow Of(Guid id) => preferences.GetValueOrDefault(id) ?? Defaults;
    }

    /// <returns>The notification of each.</returns>
    /// <summary>The rows, and the event in each person's log. The log keeps no text of a message: replays show it as it is then.</summary>
    private static async Task<Dictionary<Guid, Guid>> List(LogTransaction transaction, MessagingDb db, IEnumerable<Guid> userIds, NewNotification notification, CancellationToken ct)
    {
        var rows = userIds.Select(userId => ToRow(userId, notification, transaction.At)).ToList();
        db.Notifications.AddRange(rows);
        await db.SaveChangesAsync(ct);
        foreach (var row in rows)
        {
            var stored = NotificationViews.Of(row, row.Text);
            var shown = row.MessageId is null ? stored : stored with { Text = notification.Excerpt };
            await transaction.AppendUser(row.UserId, NotificationViews.EventType, new NotificationEvent(shown), new NotificationEvent(stored), ct);
        }

        return rows.ToDictionary(r => r.UserId, r => r.Id);
    }

    private static NotificationRow ToRow(Guid userId, NewNotification notification, long at) => new()
    {
        Id = Guid.CreateVersion7(),
        UserId = userId,
        Kind = notification.Kind,
        RoomId = notification.RoomId,
        MessageId = notification.MessageId,
        TransferId = notification.TransferId,
        ActorId = notification.ActorId,
        Seq = notification.Seq,
        ThreadId = notification.ThreadId,
        Text = notification.Text.Length > NotificationRow.MaxText ? notification.Text[..NotificationRow.MaxText] : notification.Text,
        CreatedAt = at,
    };
}

/// <summary>The payload of the user event <c>notification</c>.</summary>
internal sealed record NotificationEvent(NotificationView Notification);
