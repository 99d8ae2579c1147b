using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

/// <summary>What stands beside a message in tables of its own, and goes with it however it goes.</summary>
internal static class MessageDetails
{
    /// <summary>For a log transaction. At most 1,000 messages.</summary>
    public static async Task Remove(MessagingDb db, IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        await db.Revisions.Where(r => messageIds.Contains(r.MessageId)).ExecuteDeleteAsync(ct);
        await db.Reactions.Where(r => messageIds.Contains(r.MessageId)).ExecuteDeleteAsync(ct);
        await db.Mentions.Where(r => messageIds.Contains(r.MessageId)).ExecuteDeleteAsync(ct);
        await db.PushOwed.Where(r => r.MessageId != null && messageIds.Contains(r.MessageId.Value)).ExecuteDeleteAsync(ct);
        await db.Notifications.Where(r => r.MessageId != null && messageIds.Contains(r.MessageId.Value)).ExecuteDeleteAsync(ct);
    }
}
