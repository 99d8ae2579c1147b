using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Reliability;

/// <summary>An entry of a room's log as a client got it, over the socket or from the events route.</summary>
public sealed record LogLine(long Seq, string Type, Guid RoomId, Guid By, string At, Guid MessageId, Guid UserId, string Emoji, string ClientId, string Text)
{
    public static LogLine From(JsonElement frame)
    {
        var message = frame.TryGetProperty("message", out var inside) ? inside : default;
        var hasMessage = message.ValueKind == JsonValueKind.Object;
        return new LogLine(
            frame.Seq(),
            frame.Type(),
            frame.Id("roomId"),
            frame.Id("by"),
            frame.Word("at"),
            hasMessage ? message.Id() : frame.Id("messageId"),
            frame.Id("userId"),
            frame.Word("emoji"),
            hasMessage ? message.Word("clientId") : "",
            hasMessage ? message.Text() : "");
    }

    /// <summary>What two readers of the same entry must agree on, in 64 bits.</summary>
    public ulong Fingerprint() =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{LogDigest.Canonical(this)}|{ClientId}|{Text}")));
}

/// <summary>The log's digest computed from outside, as the HTTP contract defines it.</summary>
public static class LogDigest
{
    /// <summary>d(0).</summary>
    public static byte[] Start(Guid room) => SHA256.HashData(Encoding.UTF8.GetBytes(room.ToString()));

    /// <summary>d(n) from d(n-1).</summary>
    public static byte[] Next(byte[] previous, LogLine line) => SHA256.HashData([.. previous, .. Encoding.UTF8.GetBytes(Canonical(line))]);

    /// <summary>The contract's <c>digest</c> of d(n).</summary>
    public static string Show(byte[] digest) => Convert.ToHexStringLower(digest.AsSpan(0, 16));

    /// <summary>Canonical JSON (RFC 8785): keys in order, members that are present only, no space, the fewest escapes.</summary>
    public static string Canonical(LogLine line)
    {
        var members = new List<string> { Member("at", line.At), Member("by", line.By.ToString()) };
        if (line.Emoji.Length > 0)
        {
            members.Add(Member("emoji", line.Emoji));
        }

        if (line.MessageId != Guid.Empty)
        {
            members.Add(Member("messageId", line.MessageId.ToString()));
        }

        members.Add(Member("roomId", line.RoomId.ToString()));
        members.Add($"\"seq\":{line.Seq}");
        members.Add(Member("type", line.Type));
        if (line.UserId != Guid.Empty)
        {
            members.Add(Member("userId", line.UserId.ToString()));
        }

        return "{" + string.Join(',', members) + "}";
    }

    private static string Member(string name, string value)
    {
        var text = new StringBuilder($"\"{name}\":\"");
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
