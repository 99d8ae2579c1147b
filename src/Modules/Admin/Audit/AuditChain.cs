using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;

namespace ChatMonolith.Admin.Audit;

/// <summary>
/// h(n) = SHA-256(h(n-1) ‖ canonical JSON of entry n), h(0) = SHA-256("chatmonolith/audit/1"). The canonical JSON has the members that the
/// entry has, in the order of their names, without white space. The head (last number and hash, first number and the hash before it) is
/// authenticated under a key that does not lie in the database, so that an end that was cut off is missed.
/// </summary>
internal sealed class AuditChain(ServerKeys keys)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly Lazy<byte[]> key = new(() => keys.Lasting("admin/audit"));

    public static byte[] Start { get; } = SHA256.HashData("chatmonolith/audit/1"u8);

    public static AuditHeadRow NewHead() => new() { Hash = Start, FirstBefore = Start };

    public static string NameOf(AuditResult result) => result switch { AuditResult.Ok => "ok", AuditResult.Refused => "refused", _ => "failed" };

    /// <summary>The hash of the entry after one with the hash <paramref name="before"/>. The entry's own is not looked at.</summary>
    public static byte[] Next(ReadOnlySpan<byte> before, AuditRow entry)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        before.CopyTo(buffer.GetSpan(before.Length));
        buffer.Advance(before.Length);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Write(json, entry);
        }

        return SHA256.HashData(buffer.WrittenSpan);
    }

    public byte[] MacOf(AuditHeadRow head)
    {
        Span<byte> text = stackalloc byte[8 + 32 + 8 + 32];
        BinaryPrimitives.WriteInt64BigEndian(text, head.Seq);
        head.Hash.CopyTo(text[8..]);
        BinaryPrimitives.WriteInt64BigEndian(text[40..], head.FirstSeq);
        head.FirstBefore.CopyTo(text[48..]);
        return HMACSHA256.HashData(key.Value, text);
    }

    public bool IsAuthentic(AuditHeadRow head) =>
        head.Hash.Length == 32 && head.FirstBefore.Length == 32 && CryptographicOperations.FixedTimeEquals(MacOf(head), head.Mac);

    private static void Write(Utf8JsonWriter json, AuditRow e)
    {
        json.WriteStartObject();
        json.WriteString("action"u8, e.Action);
        WriteText(json, "actor"u8, e.Actor);
        WriteId(json, "actorId"u8, e.ActorId);
        WriteText(json, "address"u8, e.Address);
        json.WriteString("at"u8, Clock.Format(e.At));
        if (e.Details.Length > 0)
        {
            json.WritePropertyName("details"u8);
            json.WriteRawValue(e.Details, skipInputValidation: true);
        }

        json.WriteString("result"u8, NameOf(e.Result));
        json.WriteNumber("seq"u8, e.Seq);
        WriteId(json, "sessionId"u8, e.SessionId);
        WriteId(json, "subjectId"u8, e.SubjectId);
        WriteText(json, "subjectType"u8, e.SubjectType);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteId(Utf8JsonWriter json, ReadOnlySpan<byte> name, Guid? id)
    {
        if (id is { } value)
        {
            json.WriteString(name, value);
        }
    }
}
