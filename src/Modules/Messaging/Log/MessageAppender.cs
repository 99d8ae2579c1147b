using System.Data.Common;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Mentions;
using ChatMonolith.Messaging.Notifying;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Log;

/// <summary>Appends a run of messages in the writer's transaction: rights once more, repeats, then numbers for what is really inserted.</summary>
internal sealed class MessageAppender(
    IReadOnlyDictionary<Type, IModuleDatabase> databases,
    LogConnection connection,
    DbTransaction transaction,
    StagedHeads staged,
    IRoomAccess access,
    ISessionState sessions,
    MessageNotices notices,
    IMessageFiles files,
    SlowMode slowMode,
    bool areSeveral,
    long at)
{
    private static readonly IReadOnlyList<FileView> NoAttachments = [];
    private static readonly IReadOnlyList<ReactionView> NoReactions = [];
    private static readonly IReadOnlyList<Guid> Nobody = [];

    public long At => at;

    /// <summary>When people wrote in rooms with slow mode, as far as this transaction has taken it.</summary>
    public Dictionary<(Guid RoomId, Guid SenderId), long> Written { get; set; } = [];

    public async Task Append(IReadOnlyList<SendItem> run, CancellationToken ct)
    {
        if (run.Count == 0)
        {
            return;
        }

        var allowed = await Allowed(run, ct).ConfigureAwait(false);
        var repeats = await connection.Store.FindRepeats(allowed, ct).ConfigureAwait(false);
        var inserted = new List<NewMessage>(allowed.Count);
        var inThisRun = new Dictionary<(Guid, Guid, string), NewMessage>();
        for (var i = 0; i < allowed.Count; i++)
        {
            var item = allowed[i];
            var key = (item.Command.RoomId, item.Command.SenderId, item.Command.ClientId);
            if (inThisRun.TryGetValue(key, out var first))
            {
                item.Answer(Repeated(item, new Repeat(first.Id, first.State.Seq, first.At, first.RequestMac)));
            }
            else if ((repeats[i] ?? await Spent(item, ct).ConfigureAwait(false)) is { } repeat)
            {
                item.Answer(Repeated(item, repeat));
            }
            else if (item.Refusal is { } refusal)
            {
                item.Answer(refusal);
            }
            else if (item.Sender.IsSlowed && await TooSoon(item, ct).ConfigureAwait(false) is { } tooSoon)
            {
                item.Answer(tooSoon);
            }
            else if (await Insert(item, inserted, ct).ConfigureAwait(false) is { } message)
            {
                inserted.Add(message);
                inThisRun[key] = message;
                if (item.Sender.IsSlowed)
                {
                    Written[(item.Command.RoomId, item.Command.SenderId)] = at;
                }
            }
        }

        await connection.Store.InsertMessages(inserted, ct).ConfigureAwait(false);
    }

    private static Result<PostMessage.Posted> Repeated(SendItem item, Repeat first) =>
        Secrets.AreEqual(first.RequestMac, item.RequestMac)
            ? new PostMessage.Posted(first.Id, first.Seq, first.CreatedAt, Duplicate: true)
            : Error.Conflict("This clientId was used for another message in this room. Give each message a new one.");

    private async ValueTask<List<SendItem>> Allowed(IReadOnlyList<SendItem> run, CancellationToken ct)
    {
        var allowed = new List<SendItem>(run.Count);
        foreach (var item in run)
        {
            var member = access.MemberFromMemory(item.Command.RoomId, item.Command.SenderId);
            if (areSeveral && member is { IsOk: false, Error.Code: ErrorCodes.Unavailable })
            {
                // Another node has changed the room since it was asked for. It does not change now: this transaction holds its head.
                member = await access.Member(item.Command.RoomId, item.Command.SenderId, ct).ConfigureAwait(false);
            }

            if (sessions.HasEnded(item.Command.SessionId))
            {
                item.Answer(Error.Unauthenticated("The session has ended. Log in again."));
            }
            else if (!member.IsOk)
            {
                item.Answer(member.Error);
            }
            else
            {
                item.Sender = member.Value;
                allowed.Add(item);
            }
        }

        return allowed;
    }

    /// <summary>A message that retention has removed; only where it has removed any is there something to look for.</summary>
    private async ValueTask<Repeat?> Spent(SendItem item, CancellationToken ct) =>
        await staged.TrimmedTo(item.Command.RoomId, ct).ConfigureAwait(false) > 0 ? await connection.Store.FindSpent(item, ct).ConfigureAwait(false) : null;

    private async Task<Error?> TooSoon(SendItem item, CancellationToken ct)
    {
        var head = await staged.Room(item.Command.RoomId, ct).ConfigureAwait(false);
        return await slowMode.Refusal(item.Command, item.Sender, Written, () => (MessagingDb)databases[typeof(MessagingDb)].Enlist(connection.Raw, transaction), head.Seq, at, ct).ConfigureAwait(false);
    }

    private async Task<NewMessage?> Insert(SendItem item, List<NewMessage> before, CancellationToken ct)
    {
        var command = item.Command;
        ReplyView? quoted = null;
        if (command.ReplyTo is not null || command.ThreadId is not null)
        {
            // What stands earlier in this run is read from the tables too.
            await connection.Store.InsertMessages(before, ct).ConfigureAwait(false);
            before.Clear();
            var context = await References(item, ct).ConfigureAwait(false);
            if (!context.IsOk)
            {
                item.Answer(context.Error);
                return null;
            }

            quoted = context.Value.Quote;
        }

        await using var work = item.IsForSomebody || item.Attach is not null ? new LogTransaction(staged, connection.Store, databases, connection.Raw, transaction, at, item) : null;
        var attached = item.Attach is null ? Result<IReadOnlyList<FileView>>.Of(NoAttachments) : await item.Attach(work!, item.Id, ct).ConfigureAwait(false);
        if (!attached.IsOk)
        {
            item.Answer(attached.Error);
            return null;
        }

        var type = item.Kind ?? (item.Attach is null ? MessageType.Text : MessageType.File);
        var mentioned = work is null || !item.IsForSomebody ? Mentioned.Nobody : await notices.Resolve(work, command.RoomId, command.SenderId, item.Sender, item.Names, ct).ConfigureAwait(false);
        var head = await staged.Room(command.RoomId, ct).ConfigureAwait(false);
        var seq = head.Seq + 1;
        var view = new MessageView(
            item.Id, command.RoomId, seq, command.SenderId, command.ClientId, type, command.Text, item.Html, quoted, command.ThreadId, 0, null, Nobody,
            attached.Value, NoReactions, mentioned.People, IsEdited: false, EditedAt: null, IsDeleted: false, Pinned: false, at)
        {
            MentionsAll = mentioned.All,
        };
        var entry = new LogEntry(LogEntryType.MessageCreated, command.SenderId, item.Id, Message: view);
        var state = new LogHead.State(seq, Digest.Next(head.Digest, command.RoomId, seq, entry, at));
        var logHead = staged.Advance(command.RoomId, state);
        item.Insert(new PostMessage.Posted(item.Id, seq, at, Duplicate: false) { View = view }, EntryFrames.Room(command.RoomId, seq, at, entry), logHead, state);
        if (work is not null && item.IsForSomebody)
        {
            await notices.Tell(work, view, item.Sender, mentioned, ct).ConfigureAwait(false);
        }

        return new NewMessage(
            item.Id, command.RoomId, state, command.SenderId, command.ClientId, item.RequestMac, command.Text, item.Html, command.ReplyTo, command.ThreadId, at)
        {
            Type = type,
        };
    }

    private async Task<Result<(ReplyView? Quote, bool InThread)>> References(SendItem item, CancellationToken ct)
    {
        var command = item.Command;
        await using var db = (MessagingDb)databases[typeof(MessagingDb)].Enlist(connection.Raw, transaction);
        ReplyView? quote = null;
        if (command.ReplyTo is { } replyTo)
        {
            var target = await db.Messages.AsNoTracking().Where(m => m.Id == replyTo && m.RoomId == command.RoomId)
                .Select(m => new { m.Id, m.Seq, m.SenderId, m.DeletedAt, m.Text }).SingleOrDefaultAsync(ct).ConfigureAwait(false);
            if (target is null)
            {
                return Error.Validation("replyTo", "There is no such message in this room.");
            }

            quote = new ReplyView(target.Id, target.Seq, target.SenderId, target.DeletedAt is null ? await Beginning(item, target.Id, target.Text ?? "", ct).ConfigureAwait(false) : "");
        }

        if (command.ThreadId is { } threadId
            && !await db.Messages.AnyAsync(m => m.Id == threadId && m.RoomId == command.RoomId && m.ThreadId == null, ct).ConfigureAwait(false))
        {
            return Error.Validation("threadId", "There is no such message in this room, or it is itself a reply in a thread.");
        }

        return (quote, command.ThreadId is not null);
    }

    private async Task<string> Beginning(SendItem item, Guid messageId, string text, CancellationToken ct)
    {
        await using var work = new LogTransaction(staged, connection.Store, databases, connection.Raw, transaction, at, item);
        return (await MessageViews.Beginnings(files, new Dictionary<Guid, string> { [messageId] = text }, work, ct).ConfigureAwait(false))[messageId];
    }
}
