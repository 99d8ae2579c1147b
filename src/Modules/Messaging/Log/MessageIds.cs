using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// Ids of messages: UUIDs of version 7, like those of everything else. The runtime's own way asks the kernel for randomness each time,
/// a system call for each message; here it is asked for a few hundred at once.
/// </summary>
internal static class MessageIds
{
    private const int IdBytes = 16;
    private const int TimeBytes = 6;
    private const int RandomBytes = IdBytes - TimeBytes;
    private const int Ahead = 256;

    [ThreadStatic]
    private static byte[]? random;

    [ThreadStatic]
    private static int left;

    public static Guid Next()
    {
        var bytes = random ??= new byte[Ahead * RandomBytes];
        if (left == 0)
        {
            RandomNumberGenerator.Fill(bytes);
            left = Ahead;
        }

        left--;
        Span<byte> id = stackalloc byte[IdBytes];
        BinaryPrimitives.WriteInt64BigEndian(id, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        bytes.AsSpan(left * RandomBytes, RandomBytes).CopyTo(id[TimeBytes..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
