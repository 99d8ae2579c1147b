using System.Buffers.Binary;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// What PostgreSQL sends to one client (protocol 3: a letter, a length, that many bytes), without some of its notifications (<c>A</c>).
/// What comes may end anywhere, also within a header.
/// </summary>
internal sealed class NotificationFilter(Func<bool> drops)
{
    private const byte NotificationResponse = (byte)'A';
    private readonly byte[] header = new byte[5];
    private int have;
    private int left;
    private bool isDropping;

    /// <summary>Appends to <paramref name="kept"/> what goes on to the client.</summary>
    public void Pass(ReadOnlySpan<byte> bytes, Stream kept)
    {
        while (bytes.Length > 0)
        {
            if (have < header.Length)
            {
                var some = Math.Min(header.Length - have, bytes.Length);
                bytes[..some].CopyTo(header.AsSpan(have));
                have += some;
                bytes = bytes[some..];
                if (have == header.Length)
                {
                    Begin(kept);
                }

                continue;
            }

            var part = Math.Min(left, bytes.Length);
            if (!isDropping)
            {
                kept.Write(bytes[..part]);
            }

            left -= part;
            bytes = bytes[part..];
            have = left == 0 ? 0 : have;
        }
    }

    private void Begin(Stream kept)
    {
        // The length counts itself.
        left = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - sizeof(int);
        isDropping = header[0] == NotificationResponse && drops();
        if (!isDropping)
        {
            kept.Write(header);
        }

        have = left == 0 ? 0 : have;
    }
}
