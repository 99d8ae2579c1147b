using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Mentions;
using ChatMonolith.Messaging.Pushing;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Notifying;

/// <summary>
/// Whom a message is for, and telling them, inside the log's transaction: people whom it names, everybody where its sender may call
/// all, who takes part in its thread, and whom it quotes. Each is told once, for the first of these reasons.
/// </summary>
internal sealed class MessageNotices(IUsernames usernames, IRoomAccess access, IRoomPreferences preferences, INotifications notifications, PushAudience audience)
{
    /// <summary>A call to all in a room of more people is only text: the work of telling them happens in the log's one writer.</summary>
    public const int MostForAll = 500;

    /// <summary>In larger rooms only owners and moderators call all.</summary>
    public const int MostForAllByMembers = 50;

    /// <summary>The latest replies of a thread, whose senders take part in it.</summary>
    private const int RepliesLookedAt = 200;

    public async Task<Mentioned> Resolve(ILogTransaction transaction, Guid roomId, Guid senderId, Membership sender, MentionText? text, CancellationToken ct)
    {
        if (text is null)
        {
            return Mentioned.Nobody;
        }

        var names = text.Calls.SelectMany(c => c).ToHashSet(StringComparer.Ordinal);
        var known = names.Count == 0 ? new Dictionary<string, Guid>(StringComparer.Ordinal) : await usernames.Resolve(transaction, names, ct);
        var people = text.Calls
            .Select(candidates => candidates.FirstOrDefault(known.ContainsKey))
            .Where(name => name is not null).Select(name => known[name!])
            .Distinct().Where(id => id != senderId && access.MemberFromMemory(roomId, id).IsOk).ToList();
        return new Mentioned(people, text.All && await MayCallAll(roomId, sender, ct));
    }

    /// <summary>Whether any message of this room may be owed to a browser: in direct rooms, and where somebody wants to hear of all.</summary>
    public bool IsPushed(Guid roomId, Membership sender) =>
        !audience.IsEmpty && (sender.SomeWantAll || (sender.RoomType is RoomType.Direct && access.MembersFromMemory(roomId).Any(audience.Has)));

    /// <summary>For a new message.</summary>
    public async Task Tell(ILogTransaction transaction, MessageView message, Membership sender, Mentioned mentioned, CancellationToken ct)
    {
        var db = transaction.Use<MessagingDb>();
        HashSet<Guid> told = [message.SenderId];
        if (!mentioned.IsNobody)
        {
            db.Mentions.AddRange(Rows(message, mentioned));
            await db.SaveChangesAsync(ct);
            var called = await Called(message, mentioned, ct);
            told.UnionWith(called);
            await Notify(transaction, NotificationKind.Mention, called, message, ct);
        }

        if (message.ThreadId is not null || message.ReplyTo is not null)
        {
            Guid[] others = [.. (await Concerned(db, message, ct)).Except(told).Where(id => access.MemberFromMemory(message.RoomId, id).IsOk)];
            told.UnionWith(others);
            await Notify(transaction, NotificationKind.Reply, others, message, ct);
        }

        if (message.ThreadId is null && IsPushed(message.RoomId, sender))
        {
            await Push(transaction, message, sender, told, ct);
        }
    }

    /// <summary>For a text that has changed: who is named now, and was told nothing of this message before, is told.</summary>
    public async Task Retell(ILogTransaction transaction, MessageView message, Mentioned mentioned, CancellationToken ct)
    {
        var db = transaction.Use<MessagingDb>();
        var before = await db.Mentions.Where(m => m.MessageId == message.Id).ToListAsync(ct);
        var now = Rows(message, mentioned).ToList();
        db.Mentions.RemoveRange(before.Where(b => !now.Exists(n => n.UserId == b.UserId)));
        db.Mentions.AddRange(now.Where(n => !before.Exists(b => b.UserId == n.UserId)));
        await db.SaveChangesAsync(ct);
        if (now.TrueForAll(n => before.Exists(b => b.UserId == n.UserId)))
        {
            return;
        }

        var told = await db.Notifications.Where(n => n.MessageId == message.Id).Select(n => n.UserId).ToListAsync(ct);
        var named = before.ConvertAll(b => b.UserId);
        await Notify(transaction, NotificationKind.Mention, [.. (await Called(message, mentioned, ct)).Except(told).Except(named)], message, ct);
    }

    /// <summary>To the browsers of the other in a direct room, and of those who want to hear of all.</summary>
    private async Task Push(ILogTransaction transaction, MessageView message, Membership sender, HashSet<Guid> told, CancellationToken ct)
    {
        Guid[] reachable = [.. access.MembersFromMemory(message.RoomId).Where(id => audience.Has(id) && !told.Contains(id))];
        if (reachable.Length == 0)
        {
            return;
        }

        if (sender.RoomType is RoomType.Direct)
        {
            await Notify(transaction, NotificationKind.Direct, reachable, message, ct);
        }
        else
        {
            foreach (var some in reachable.Chunk(MostForAll))
            {
                await Notify(transaction, NotificationKind.Message, [.. await preferences.WantAll(transaction, message.RoomId, some, ct)], message, ct);
            }
        }
    }

    private static IEnumerable<MentionRow> Rows(MessageView message, Mentioned mentioned) =>
        (mentioned.All ? mentioned.People.Append(message.RoomId) : mentioned.People).Select(id => new MentionRow
        {
            MessageId = message.Id,
            UserId = id,
            RoomId = message.RoomId,
            Seq = message.Seq,
            SenderId = message.SenderId,
            Counts = message.ThreadId is null,
        });

    private async ValueTask<bool> MayCallAll(Guid roomId, Membership sender, CancellationToken ct)
    {
        var people = (await access.MembersOf(roomId, ct)).Count;
        return people <= (sender.IsModerator ? MostForAll : MostForAllByMembers);
    }

    private async ValueTask<IReadOnlyCollection<Guid>> Called(MessageView message, Mentioned mentioned, CancellationToken ct) =>
        mentioned.All ? [.. (await access.MembersOf(message.RoomId, ct)).Where(id => id != message.SenderId)] : mentioned.People;

    /// <summary>Who began the thread or wrote in it lately, and whom the message quotes.</summary>
    private static async Task<HashSet<Guid>> Concerned(MessagingDb db, MessageView message, CancellationToken ct)
    {
        var people = new HashSet<Guid>();
        if (message.ThreadId is { } rootId)
        {
            people.UnionWith(await db.Messages.Where(m => m.Id == rootId && m.DeletedAt == null).Select(m => m.SenderId).ToListAsync(ct));
            people.UnionWith(await db.Messages.Where(m => m.ThreadId == rootId && m.DeletedAt == null)
                .OrderByDescending(m => m.Seq).Take(RepliesLookedAt).Select(m => m.SenderId).ToListAsync(ct));
        }

        if (message.ReplyTo is { } quoted)
        {
            people.Add(quoted.SenderId);
        }

        people.Remove(message.SenderId);
        return people;
    }

    private Task Notify(ILogTransaction transaction, NotificationKind kind, IReadOnlyCollection<Guid> userIds, MessageView message, CancellationToken ct) =>
        userIds.Count == 0
            ? Task.CompletedTask
            : notifications.Notify(
                transaction,
                userIds,
                new NewNotification(kind, message.RoomId, message.Id, ActorId: message.SenderId, Seq: message.Seq, ThreadId: message.ThreadId, Excerpt: MessageViews.Excerpt(message is { Text.Length: 0, Attachments: [var file, ..] } ? file.Name : message.Text)),
                ct);
}
