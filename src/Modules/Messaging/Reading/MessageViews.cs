using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

/// <summary>
/// The contract's <c>message</c> as it is now, from rows. The number of queries does not depend on the number of messages, and what
/// each of them reads is bounded per message.
/// </summary>
internal static class MessageViews
{
    public const int ExcerptLength = 140;
    private const int ReactionUsers = 20;
    private const int Repliers = 3;

    /// <summary>How many of a thread's last replies are looked at for its latest repliers, so that no thread is walked whole.</summary>
    private const int RecentReplies = 100;

    /// <param name="db">On a connection of its own, or on the log's transaction, whose changes it then sees once they are saved.</param>
    /// <param name="files">What messages show.</param>
    /// <param name="ids">At most 1,000. Those that do not exist are left out of the answer.</param>
    /// <param name="ct">Cancels the queries.</param>
    public static async Task<IReadOnlyDictionary<Guid, MessageView>> Load(MessagingDb db, IMessageFiles files, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return new Dictionary<Guid, MessageView>();
        }

        var rows = await db.Messages.AsNoTracking().Where(m => ids.Contains(m.Id)).ToListAsync(ct);
        var views = await Of(db, files, rows, ct);
        return views.ToDictionary(v => v.Id);
    }

    /// <summary>Views of rows that are loaded already, in their order.</summary>
    public static async Task<IReadOnlyList<MessageView>> Of(MessagingDb db, IMessageFiles files, IReadOnlyList<MessageRow> rows, CancellationToken ct, ILogTransaction? transaction = null)
    {
        var replies = await LoadReplies(db, files, rows, transaction, ct);
        var reactions = await LoadReactions(db, rows, ct);
        var repliers = await LoadRepliers(db, rows, ct);
        var mentions = await LoadMentions(db, rows, ct);
        var attachments = await LoadFiles(files, rows, transaction, ct);
        return [.. rows.Select(row => View(row, replies, reactions, repliers, mentions[row.Id], attachments))];
    }

    /// <summary>
    /// The same for one reader: where they reacted later than the first 20, they stand among these, before all others. By that a client
    /// knows whether a click adds a reaction or takes it away.
    /// </summary>
    public static async Task<IReadOnlyList<MessageView>> For(Guid reader, MessagingDb db, IReadOnlyList<MessageView> views, CancellationToken ct)
    {
        bool MayHide(ReactionView reaction) => reaction.Count > reaction.UserIds.Count && !reaction.UserIds.Contains(reader);
        var ids = views.Where(v => v.Reactions.Any(MayHide)).Select(v => v.Id).ToArray();
        if (ids.Length == 0)
        {
            return views;
        }

        var own = await db.Reactions.Where(r => ids.Contains(r.MessageId) && r.UserId == reader).Select(r => new { r.MessageId, r.Emoji }).ToListAsync(ct);
        ReactionView Seen(Guid messageId, ReactionView reaction) =>
            MayHide(reaction) && own.Exists(o => o.MessageId == messageId && o.Emoji == reaction.Emoji)
                ? reaction with { UserIds = [reader, .. reaction.UserIds.Take(ReactionUsers - 1)] }
                : reaction;
        return [.. views.Select(v => ids.Contains(v.Id) ? v with { Reactions = [.. v.Reactions.Select(r => Seen(v.Id, r))] } : v)];
    }

    private static MessageView View(
        MessageRow row, Dictionary<Guid, ReplyView> replies, ILookup<Guid, ReactionView> reactions, ILookup<Guid, Guid> repliers, IEnumerable<Guid> mentions, ILookup<Guid, FileView>? attachments)
    {
        var named = mentions.ToHashSet();
        var all = named.Remove(row.RoomId);
        var isDeleted = row.DeletedAt is not null;
        return new MessageView(
            row.Id,
            row.RoomId,
            row.Seq,
            row.SenderId,
            row.ClientId,
            row.Type,
            Text: isDeleted ? "" : row.Text ?? "",
            Html: isDeleted ? null : row.Html,
            ReplyTo: row.ReplyToId is { } replyTo ? replies.GetValueOrDefault(replyTo) : null,
            row.ThreadId,
            row.ReplyCount,
            Instant.From(row.LastReplyAt),
            ReplierIds: [.. repliers[row.Id]],
            Attachments: isDeleted || attachments is null ? [] : [.. attachments[row.Id]],
            Reactions: isDeleted ? [] : [.. reactions[row.Id]],
            Mentions: [.. named.Order()],
            IsEdited: row.EditedAt is not null,
            Instant.From(row.EditedAt),
            isDeleted,
            Pinned: row.PinnedAt is not null,
            row.CreatedAt)
        {
            MentionsAll = all,
        };
    }

    /// <summary>Only messages of type <c>file</c> have any, so that a page without them costs no query.</summary>
    private static async Task<ILookup<Guid, FileView>?> LoadFiles(IMessageFiles files, IReadOnlyList<MessageRow> rows, ILogTransaction? transaction, CancellationToken ct)
    {
        var ids = rows.Where(r => r.DeletedAt is null && r.Type is MessageType.File).Select(r => r.Id).ToArray();
        return ids.Length == 0 ? null : await files.Of(ids, transaction, ct);
    }

    /// <summary>Only texts with an <c>@</c> can have any, so that most pages cost no query.</summary>
    private static async Task<ILookup<Guid, Guid>> LoadMentions(MessagingDb db, IReadOnlyList<MessageRow> rows, CancellationToken ct)
    {
        var ids = rows.Where(r => r.DeletedAt is null && r.Text?.Contains('@', StringComparison.Ordinal) == true).Select(r => r.Id).ToArray();
        var found = ids.Length == 0 ? [] : await db.Mentions.AsNoTracking().Where(m => ids.Contains(m.MessageId)).ToListAsync(ct);
        return found.ToLookup(m => m.MessageId, m => m.UserId);
    }

    private static async Task<Dictionary<Guid, ReplyView>> LoadReplies(MessagingDb db, IMessageFiles files, IReadOnlyList<MessageRow> rows, ILogTransaction? transaction, CancellationToken ct)
    {
        var ids = rows.Where(r => r.ReplyToId is not null).Select(r => r.ReplyToId!.Value).Distinct().ToArray();
        if (ids.Length == 0)
        {
            return [];
        }

        var targets = await db.Messages.AsNoTracking()
            .Where(m => ids.Contains(m.Id))
            .Select(m => new { m.Id, m.Seq, m.SenderId, m.DeletedAt, Start = m.Text!.Substring(0, ExcerptLength) })
            .ToListAsync(ct);
        var there = await Beginnings(files, targets.Where(t => t.DeletedAt is null).ToDictionary(t => t.Id, t => t.Start), transaction, ct);
        return targets.ToDictionary(t => t.Id, t => new ReplyView(t.Id, t.Seq, t.SenderId, there.GetValueOrDefault(t.Id, "")));
    }

    /// <summary>What one line tells of messages that are not deleted. What is only a file is told by its name.</summary>
    /// <param name="files">Asked for those without a text alone.</param>
    /// <param name="starts">How their texts begin, by their ids.</param>
    /// <param name="transaction">The log's, for who is inside it.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<Dictionary<Guid, string>> Beginnings(IMessageFiles files, Dictionary<Guid, string> starts, ILogTransaction? transaction, CancellationToken ct)
    {
        Guid[] mute = [.. starts.Where(s => string.IsNullOrWhiteSpace(s.Value)).Select(s => s.Key)];
        var shown = mute.Length == 0 ? null : await files.Of(mute, transaction, ct);
        return starts.ToDictionary(s => s.Key, s => Excerpt(shown?[s.Key].FirstOrDefault()?.Name ?? s.Value));
    }

    private static async Task<ILookup<Guid, ReactionView>> LoadReactions(MessagingDb db, IReadOnlyList<MessageRow> rows, CancellationToken ct)
    {
        var ids = rows.Where(r => r.DeletedAt is null).Select(r => r.Id).ToArray();
        if (ids.Length == 0)
        {
            return Enumerable.Empty<ReactionView>().ToLookup(_ => Guid.Empty);
        }

        var groups = await db.Reactions.AsNoTracking()
            .Where(r => ids.Contains(r.MessageId))
            .GroupBy(r => new { r.MessageId, r.Emoji })
            .Select(g => new
            {
                g.Key.MessageId,
                g.Key.Emoji,
                Count = g.Count(),
                Since = g.Min(r => r.At),
                Users = g.OrderBy(r => r.At).ThenBy(r => r.UserId).Take(ReactionUsers).Select(r => r.UserId).ToList(),
            })
            .ToListAsync(ct);
        return groups
            .OrderBy(g => g.Since).ThenBy(g => g.Emoji, StringComparer.Ordinal)
            .ToLookup(g => g.MessageId, g => new ReactionView(g.Emoji, g.Count, g.Users));
    }

    private static async Task<ILookup<Guid, Guid>> LoadRepliers(MessagingDb db, IReadOnlyList<MessageRow> rows, CancellationToken ct)
    {
        var roots = rows.Where(r => r.ReplyCount > 0).Select(r => r.Id).ToArray();
        if (roots.Length == 0)
        {
            return Enumerable.Empty<Guid>().ToLookup(id => id);
        }

        var latest = await (
            from root in db.Messages.AsNoTracking().Where(m => roots.Contains(m.Id))
            join reply in db.Messages on (Guid?)root.Id equals reply.ThreadId
            where reply.DeletedAt == null && reply.Seq >= (
                db.Messages.Where(o => o.ThreadId == root.Id).OrderByDescending(o => o.Seq).Skip(RecentReplies - 1).Select(o => (long?)o.Seq).FirstOrDefault() ?? 0)
            group reply.Seq by new { RootId = root.Id, reply.SenderId } into g
            select new { g.Key.RootId, g.Key.SenderId, Seq = g.Max() }).ToListAsync(ct);
        return latest
            .GroupBy(r => r.RootId)
            .SelectMany(g => g.OrderByDescending(r => r.Seq).Take(Repliers))
            .ToLookup(r => r.RootId, r => r.SenderId);
    }

    /// <summary>At most <see cref="ExcerptLength"/> UTF-16 units, never half a character, on one line.</summary>
    public static string Excerpt(string text)
    {
        // The database counts code points, so what it cut can still be longer.
        var length = Math.Min(text.Length, ExcerptLength);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        return text[..length].ReplaceLineEndings(" ").TrimEnd();
    }
}
