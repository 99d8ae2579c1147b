using System.Buffers;
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
    private const int IdBytes = 17;
    private const int OnStack = 1024;
    private readonly byte[] key = keys.Lasting("messaging/request");

    public byte[] Of(PostMessage.Command command)
    {
        var length = (2 * IdBytes) + sizeof(int) + (command.Attachments.Count * IdBytes) + Encoding.UTF8.GetByteCount(command.Text);
        byte[]? rented = null;
        var data = length <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var written = WriteId(data, command.ReplyTo);
            written += WriteId(data[written..], command.ThreadId);
            BinaryPrimitives.WriteInt32BigEndian(data[written..], command.Attachments.Count);
            written += sizeof(int);
            foreach (var attachment in command.Attachments)
            {
                written += WriteId(data[written..], attachment);
            }

            Encoding.UTF8.GetBytes(command.Text, data[written..]);
            Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(key, data[..length], whole);
            return whole[..Bytes].ToArray();
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static int WriteId(Span<byte> target, Guid? id)
    {
        target[..IdBytes].Clear();
        if (id is { } value)
        {
            target[0] = 1;
            value.TryWriteBytes(target[1..], bigEndian: true, out _);
        }

        return IdBytes;
    }
}
