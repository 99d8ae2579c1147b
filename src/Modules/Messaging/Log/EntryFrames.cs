using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Messaging.Log;

/// <summary>Writes log entries as the contract shows them, alike in frames and in <c>GET …/events</c>: members that say nothing are left out.</summary>
internal static class EntryFrames
{
    public static OutFrame Room(Guid roomId, long seq, long at, LogEntry entry) =>
        OutFrame.Text((roomId, seq, at, entry), static (json, e) => Write(json, e.roomId, e.seq, e.at, e.entry));

    public static OutFrame User(string type, long userSeq, long at, ReadOnlyMemory<byte> payload) =>
        OutFrame.Text((type, userSeq, at, payload), static (json, e) => WriteUser(json, e.type, e.userSeq, e.at, e.payload));

    public static void Write(Utf8JsonWriter json, Guid roomId, long seq, long at, LogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, EntryNames.Of(entry.Type));
        json.WriteString("roomId"u8, roomId);
        json.WriteNumber("seq"u8, seq);
        WriteTime(json, "at"u8, at);
        json.WriteString("by"u8, entry.By);
        if (EntryNames.ShowsMessage(entry.Type) && entry.Message is { } message)
        {
            json.WritePropertyName("message"u8);
            WriteMessage(json, message);
        }
        else if (entry.MessageId is { } messageId)
        {
            json.WriteString("messageId"u8, messageId);
        }

        if (entry.ThreadId is { } threadId)
        {
            json.WriteString("threadId"u8, threadId);
        }

        if (entry.UserId is { } userId)
        {
            json.WriteString("userId"u8, userId);
        }

        if (entry.Emoji is { } emoji)
        {
            json.WriteString("emoji"u8, emoji);
        }

        if (entry.Role is { } role)
        {
            json.WriteString("role"u8, NameOf(role));
        }

        if (entry.UpToSeq is { } upTo)
        {
            json.WriteNumber(entry.Type is LogEntryType.LogTrimmed ? "toSeq"u8 : "upToSeq"u8, upTo);
        }

        if (entry.Digest is { } digest)
        {
            json.WriteString("digest"u8, digest);
        }

        if (entry.Room is { } room)
        {
            json.WritePropertyName("room"u8);
            JsonSerializer.Serialize(json, room, Json.Frames);
        }

        json.WriteEndObject();
    }

    public static void WriteUser(Utf8JsonWriter json, string type, long userSeq, long at, ReadOnlyMemory<byte> payload)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("userSeq"u8, userSeq);
        WriteTime(json, "at"u8, at);
        using var members = JsonDocument.Parse(payload);
        foreach (var member in members.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, MessageView m)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, m.Id);
        json.WriteString("roomId"u8, m.RoomId);
        json.WriteNumber("seq"u8, m.Seq);
        json.WriteString("senderId"u8, m.SenderId);
        json.WriteString("clientId"u8, m.ClientId);
        json.WriteString("type"u8, m.Type switch { MessageType.File => "file"u8, MessageType.System => "system"u8, _ => "text"u8 });
        if (m.Text.Length > 0)
        {
            json.WriteString("text"u8, m.Text);
        }

        if (m.Html is not null)
        {
            json.WriteString("html"u8, m.Html);
        }

        WriteTime(json, "createdAt"u8, m.CreatedAt.UnixMilliseconds);
        if (IsPlain(m))
        {
            json.WriteEndObject();
            return;
        }

        // The rest is rare on a fresh message; the serialiser leaves out what is empty.
        WriteRare(json, "replyTo", m.ReplyTo);
        WriteRare(json, "threadId", m.ThreadId);
        WriteRare(json, "replyCount", m.ReplyCount == 0 ? null : (object)m.ReplyCount);
        WriteRare(json, "lastReplyAt", m.LastReplyAt);
        WriteRare(json, "replierIds", m.ReplierIds.Count == 0 ? null : m.ReplierIds);
        WriteRare(json, "attachments", m.Attachments.Count == 0 ? null : m.Attachments);
        WriteRare(json, "reactions", m.Reactions.Count == 0 ? null : m.Reactions);
        WriteRare(json, "mentions", m.Mentions.Count == 0 ? null : m.Mentions);
        WriteRare(json, "mentionsAll", m.MentionsAll ? (object)true : null);
        WriteRare(json, "isEdited", m.IsEdited ? (object)true : null);
        WriteRare(json, "editedAt", m.EditedAt);
        WriteRare(json, "isDeleted", m.IsDeleted ? (object)true : null);
        WriteRare(json, "pinned", m.Pinned ? (object)true : null);
        json.WriteEndObject();
    }

    private static bool IsPlain(MessageView m) =>
        m is { ReplyTo: null, ThreadId: null, ReplyCount: 0, LastReplyAt: null, IsEdited: false, EditedAt: null, IsDeleted: false, Pinned: false, MentionsAll: false }
        && m.Attachments.Count == 0 && m.Reactions.Count == 0 && m.Mentions.Count == 0;

    private static void WriteRare(Utf8JsonWriter json, string name, object? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, value.GetType(), Json.Frames);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, long at)
    {
        Span<byte> text = stackalloc byte[Clock.FormattedLength];
        Clock.Format(at, text);
        json.WriteString(name, text);
    }

    private static ReadOnlySpan<byte> NameOf(RoomRole role) => role switch
    {
        RoomRole.Owner => "owner"u8,
        RoomRole.Moderator => "moderator"u8,
        _ => "member"u8,
    };
}
