using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

/// <summary>What a deleted message leaves in its place, made inside the log's transaction; the caller appends <c>message.deleted</c>.</summary>
internal static class Tombstone
{
    public static async Task Make(ILogTransaction log, MessagingDb db, IMessageFiles files, MessageRow row, CancellationToken ct)
    {
        row.Text = null;
        row.Html = null;
        row.PinnedAt = null;
        row.PinnedBy = null;
        row.DeletedAt = log.At;
        await db.SaveChangesAsync(ct);
        await MessageDetails.Remove(db, [row.Id], ct);
        if (row.Type is MessageType.File)
        {
            await files.Release(log, [row.Id], ct);
        }

        if (row.ThreadId is { } rootId)
        {
            await CountLess(db, rootId, ct);
        }
    }

    private static async Task CountLess(MessagingDb db, Guid rootId, CancellationToken ct)
    {
        var lastReplyAt = await db.Messages.Where(m => m.ThreadId == rootId && m.DeletedAt == null)
            .OrderByDescending(m => m.Seq).Select(m => (long?)m.CreatedAt).FirstOrDefaultAsync(ct);
        await db.Messages.Where(m => m.Id == rootId && m.ReplyCount > 0)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.ReplyCount, m => m.ReplyCount - 1).SetProperty(m => m.LastReplyAt, lastReplyAt), ct);
    }
}
