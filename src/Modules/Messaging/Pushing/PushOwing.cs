using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>Writes down what browsers are owed, in the transaction of its cause: none is lost with the server, and none is sent for what was rolled back.</summary>
internal sealed class PushOwing(PushAudience audience, IOptions<PushOptions> options)
{
    public async Task Owe(ILogTransaction transaction, IReadOnlyDictionary<Guid, Guid?> notifications, NewNotification notification, CancellationToken ct)
    {
        Guid[] userIds = [.. notifications.Keys];
        if (userIds.Length == 0 || !options.Value.Enabled)
        {
            return;
        }

        var db = transaction.Use<MessagingDb>();
        var subscriptions = await db.PushSubscriptions.AsNoTracking().Where(s => userIds.Contains(s.UserId)).Select(s => new { s.Id, s.UserId }).ToListAsync(ct);
        db.PushOwed.AddRange(subscriptions.Select(s => new PushOwedRow
        {
            Id = Guid.CreateVersion7(),
            SubscriptionId = s.Id,
            UserId = s.UserId,
            Kind = notification.Kind,
            NotificationId = notifications[s.UserId],
            RoomId = notification.RoomId,
            MessageId = notification.MessageId,
            ActorId = notification.ActorId,
            ThreadId = notification.ThreadId,
            Seq = notification.Seq,
            Text = notification.Text.Length > NotificationRow.MaxText ? notification.Text[..NotificationRow.MaxText] : notification.Text,
            CreatedAt = transaction.At,
            NextAt = transaction.At + (options.Value.DelaySeconds * 1000L),
        }));
        await db.SaveChangesAsync(ct);
        transaction.OnCommitted(audience.Wake);
    }
}
