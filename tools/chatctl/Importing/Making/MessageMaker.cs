using System.Buffers.Binary;
using System.Security.Cryptography;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Chatctl.Importing.Archives;
using ChatMonolith.Chatctl.Importing.Sources;
using ChatMonolith.Chatctl.Importing.Texts;
using ChatMonolith.Chatctl.Moving;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Kinds;
using ChatMonolith.Messaging;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Mentions;
using ChatMonolith.Messaging.Rendering;

namespace ChatMonolith.Chatctl.Importing.Making;

/// <summary>The logs of all rooms, with their messages and what belongs to them, each in its order.</summary>
internal sealed class MessageMaker
{
    private readonly RequestMac mac;
    private readonly Reading reading;
    private readonly ExportRows messages;
    private readonly ExportRows log;
    private readonly ExportRows heads;
    private readonly ExportRows reactions;
    private readonly ExportRows mentions;
    private readonly ExportRows reads;
    private readonly ExportRows files;
    private readonly Dictionary<string, ImportedPerson> byName;
    private readonly Dictionary<Guid, ArchiveEntry> entries = [];
    private readonly byte[] seed = RandomNumberGenerator.GetBytes(32);
    private ImportedRoom room = null!;
    private long seq;
    private byte[] digest = [];

    public MessageMaker(RequestMac mac, Reading reading, ExportTables tables)
    {
        (this.mac, this.reading) = (mac, reading);
        messages = tables.Of("msg_messages", "id,room_id,seq,sender_id,client_id,request_mac,type,text,html,reply_to_id,thread_id,created_at,edited_at,deleted_at,pinned_at,pinned_by,reply_count,last_reply_at");
        log = tables.Of("msg_log", "room_id,seq,type,at,by_id,message_id,user_id,emoji,role");
        heads = tables.Of("msg_heads", "room_id,seq,digest");
        reactions = tables.Of("msg_reactions", "message_id,emoji,user_id,at");
        mentions = tables.Of("msg_mentions", "message_id,user_id,room_id,seq,sender_id,counts");
        reads = tables.Of("msg_reads", "room_id,user_id,seq,at");
        files = tables.Of("files_files", "id,owner_id,blob_id,name,name_key,size,content_type,sha256,width,height,room_id,recipient_id,message_id,position,came_with_message,version,encrypted,expires_at,thumbnail_id,thumbnail_type,download_count,created_at,version_at,missing_at");
        byName = reading.Workspace.People.ToDictionary(p => p.Username, StringComparer.Ordinal);
    }

    public List<ExportedRoom> Rooms { get; } = [];

    public List<ExportedBlob> Blobs { get; } = [];

    public ArchiveEntry EntryOf(Guid blob) => entries[blob];

    public async Task Write(CancellationToken ct)
    {
        var (done, total) = (0L, reading.Report.Counted("messages"));
        using var events = reading.Staging.Events().GetEnumerator();
        var isMore = events.MoveNext();
        foreach (var next in reading.Workspace.Rooms)
        {
            Begin(next);
            for (; isMore && events.Current.Room == next.Number; isMore = events.MoveNext())
            {
                ct.ThrowIfCancellationRequested();
                done += events.Current.Type is LogEntryType.MessageCreated ? 1 : 0;
                reading.Progress.Report(new BackupProgress("converting", done, total));
                await Take(events.Current, ct);
            }

            End();
        }
    }

    private void Begin(ImportedRoom next)
    {
        (room, seq, digest) = (next, 0, Digest.Start(next.Id));
        var people = reading.Workspace.People;

        // Who joins a public room does it by themselves; into another its owner lets them in.
        var owner = room.Members.Where(m => m.Value is RoomRole.Owner).Select(m => (int?)m.Key).FirstOrDefault();
        foreach (var (number, role) in room.Members.OrderBy(m => m.Key == owner ? 0 : 1))
        {
            var person = people[number].Id;
            Append(new LogEntry(LogEntryType.MemberJoined, room.Type is RoomType.Public || owner is null ? person : people[owner.Value].Id, UserId: person, Role: role), room.CreatedAt);
        }
    }

    private void End()
    {
        heads.Add(room.Id, seq, digest);
        Rooms.Add(new ExportedRoom(room.Id, seq, Convert.ToHexStringLower(digest)));
        foreach (var member in room.Members.Keys)
        {
            reads.Add(room.Id, reading.Workspace.People[member].Id, seq, reading.Now);
        }
    }

    private void Append(LogEntry entry, long at)
    {
        seq++;
        digest = Digest.Next(digest, room.Id, seq, entry, at);
        log.Add(room.Id, seq, (int)entry.Type, at, entry.By, entry.MessageId, entry.UserId, entry.Emoji, entry.Role is { } role ? (int)role : null);
    }

    private async Task Take(StagedEvent e, CancellationToken ct)
    {
        var id = MessageId(e.Message, e.MessageAt);
        Append(new LogEntry(e.Type, reading.Workspace.People[e.By].Id, id, Emoji: e.Emoji), e.At);
        if (e.Type is LogEntryType.MessageCreated)
        {
            await Message(e, id, ct);
        }
        else if (e.Type is LogEntryType.ReactionAdded)
        {
            reactions.Add(id, e.Emoji, reading.Workspace.People[e.By].Id, e.At);
        }
    }

    private async Task Message(StagedEvent e, Guid id, CancellationToken ct)
    {
        var sender = reading.Workspace.People[e.Sender];
        var attached = new List<Guid>();
        var text = e.Text;
        foreach (var file in e.Files == 0 ? [] : reading.Staging.FilesOf(e.Message))
        {
            if (await File(file, sender, id, attached.Count, e.MessageAt, ct) is { } fileId)
            {
                attached.Add(fileId);
            }
            else
            {
                text += (text.Length > 0 ? "\n" : "") + Markup.Absent(Workspace.OneLine(file.Name, 200), url: null);
            }
        }

        // A note about files that cannot be read may be one line too many.
        text = text[..Math.Min(text.Length, PostMessage.MaxText)];
        Guid? thread = e.Root is { } root ? MessageId(root, e.RootAt!.Value) : null;
        var clientId = $"import-{e.Message}";
        var request = mac.Of(new PostMessage.Command(room.Id, sender.Id, default, clientId, text, null, thread, attached, null));
        messages.Add(
            id, room.Id, seq, sender.Id, clientId, request, (int)(attached.Count > 0 ? MessageType.File : MessageType.Text), e.IsDeleted ? null : text, e.IsDeleted || text.Length == 0 ? null : Markdown.Render(text),
            null, thread, e.MessageAt, e.EditedAt, e.IsDeleted ? e.MessageAt : null, e.PinnedAt, e.PinnedBy is { } by ? reading.Workspace.People[by].Id : null, e.Replies, e.LastReplyAt);
        Mentions(id, sender, text, counts: thread is null);
    }

    private void Mentions(Guid id, ImportedPerson sender, string text, bool counts)
    {
        if (MentionText.Of(text) is not { } names)
        {
            return;
        }

        var named = names.Calls.Select(candidates => candidates.Select(c => byName.GetValueOrDefault(c)).FirstOrDefault(p => p is not null)).OfType<ImportedPerson>().Distinct();
        foreach (var person in named.Where(p => p != sender && p.IsActive && room.Members.ContainsKey(p.Number)))
        {
            mentions.Add(id, person.Id, room.Id, seq, sender.Id, counts);
        }

        if (names.All && room.Members.Count <= Messaging.Notifying.MessageNotices.MostForAll)
        {
            mentions.Add(id, room.Id, room.Id, seq, sender.Id, counts);
        }
    }

    private async Task<Guid?> File(StagedFile file, ImportedPerson owner, Guid message, int position, long at, CancellationToken ct)
    {
        var entry = reading.Archive.Find(file.Entry)!;
        if (await Examine(entry, ct) is not { } found)
        {
            return null;
        }

        var name = FileName.Clean(file.Name) is { IsOk: true } clean ? clean.Value : "file";
        var type = Signature.TypeOf(found.Head, isWhole: found.Head.Length == entry.Size);
        var sides = PictureSize.Of(type, found.Head);
        var (id, blob) = (Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(at)), Guid.NewGuid());
        files.Add(
            id, owner.Id, blob, name, FileRow.Key(name), entry.Size, type, found.Sha256, sides?.Width, sides?.Height, room.Id, null, message, position, true, 1, Signature.IsEncrypted(found.Head),
            null, null, null, 0L, at, at, null);
        Blobs.Add(new ExportedBlob(blob, entry.Size, Convert.ToHexStringLower(found.Sha256)));
        entries.Add(blob, entry);
        return id;
    }

    private async Task<(byte[] Head, byte[] Sha256)?> Examine(ArchiveEntry entry, CancellationToken ct)
    {
        try
        {
            await using var stream = reading.Archive.Open(entry);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var head = new byte[Math.Min(entry.Size, Signature.Looked)];
            await stream.ReadExactlyAsync(head, ct);
            hash.AppendData(head);
            var buffer = new byte[128 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, ct)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }

            return (head, hash.GetHashAndReset());
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            reading.Report.Note("file.unreadable", entry.Name, "Its bytes in the archive are damaged.");
            reading.Report.Count("files", -1);
            reading.Report.Count("bytes of files", -entry.Size);
            return null;
        }
    }

    /// <summary>A UUID of version 7 that is the same wherever the message is spoken of, and that nobody guesses.</summary>
    private Guid MessageId(long number, long at)
    {
        Span<byte> data = stackalloc byte[40];
        seed.CopyTo(data);
        BinaryPrimitives.WriteInt64BigEndian(data[32..], number);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(data, hash);
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, at << 16);
        hash[..10].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
