using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// A keyed MAC of what a sender asked for, kept for ever beside the client id: a repeat is told from another request even after the
/// text is gone, and the stored value tells nobody without the key what the text was.
/// </summary>
internal sealed class RequestMac(ServerKeys keys)
{
    public const int Bytes = 16;
    private readonly byte[] key = keys.Derive("messaging/request");

    public byte[] Of(PostMessage.Command command)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        AppendId(mac, command.ReplyTo);
        AppendId(mac, command.ThreadId);
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(count, command.Attachments.Count);
        mac.AppendData(count);
        foreach (var attachment in command.Attachments)
        {
            AppendId(mac, attachment);
        }

        mac.AppendData(Encoding.UTF8.GetBytes(command.Text));
        return mac.GetHashAndReset()[..Bytes];
    }

    private static void AppendId(IncrementalHash mac, Guid? id)
    {
        Span<byte> bytes = stackalloc byte[17];
        bytes.Clear();
        if (id is { } value)
        {
            bytes[0] = 1;
            value.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        }

        mac.AppendData(bytes);
    }
}
