namespace ChatMonolith.Rooms.Storage;

/// <summary>Names a pair of people whoever asks: both ids as big-endian bytes, the lower first.</summary>
internal static class PairKey
{
    public const int Length = 32;
    private const int IdBytes = 16;

    public static byte[] Of(Guid one, Guid other)
    {
        var (low, high) = one.CompareTo(other) < 0 ? (one, other) : (other, one);
        var key = new byte[Length];
        low.TryWriteBytes(key.AsSpan(0, IdBytes), bigEndian: true, out _);
        high.TryWriteBytes(key.AsSpan(IdBytes), bigEndian: true, out _);
        return key;
    }

    /// <summary>Whom <paramref name="me"/> has the room with.</summary>
    public static Guid Peer(byte[] key, Guid me)
    {
        var low = new Guid(key.AsSpan(0, IdBytes), bigEndian: true);
        return low == me ? new Guid(key.AsSpan(IdBytes), bigEndian: true) : low;
    }
}
