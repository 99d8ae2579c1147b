namespace ChatMonolith.Messaging.Log;

/// <summary>A message that waits, in its encoded form.</summary>
/// <param name="Chunk">Where its bytes are.</param>
/// <param name="Start">From where on.</param>
/// <param name="Length">How many.</param>
/// <param name="Row">The row of the tail that holds it on disk.</param>
internal readonly record struct TailEntry(TailChunk Chunk, int Start, int Length, long Row)
{
    public ReadOnlySpan<byte> Bytes => Chunk.Bytes.AsSpan(Start, Length);

    public TailMessage Message => new(Bytes);
}

/// <summary>Bytes of many messages, used again when none of them waits any more.</summary>
internal sealed class TailChunk(int size)
{
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(size);

    public int Used { get; set; }

    public int Live { get; set; }
}

/// <summary>
/// The bytes of the messages that wait. As objects they would each outlive several collections, and be copied in each; here the
/// collector sees some dozens of arrays that stay where they are.
/// </summary>
internal sealed class TailChunks
{
    /// <summary>Small enough not to be one of the collector's large objects.</summary>
    private const int ChunkBytes = 64 * 1024;
    private const int MostSpare = 128;
    private const int SpareAtRest = 4;
    private readonly Stack<TailChunk> spare = new();
    private TailChunk current = new(ChunkBytes);

    public TailEntry Add(NewMessage message, long row)
    {
        var chunk = WithRoom(TailMessage.Room(message));
        return Take(chunk, TailMessage.Write(chunk.Bytes.AsSpan(chunk.Used), message), row);
    }

    public TailEntry Add(TailMessage message, long row)
    {
        var chunk = WithRoom(message.Bytes.Length);
        message.Bytes.CopyTo(chunk.Bytes.AsSpan(chunk.Used));
        return Take(chunk, message.Bytes.Length, row);
    }

    public void Remove(TailEntry entry)
    {
        var chunk = entry.Chunk;
        if (--chunk.Live > 0)
        {
            return;
        }

        chunk.Used = 0;
        if (!ReferenceEquals(chunk, current) && chunk.Bytes.Length == ChunkBytes && spare.Count < MostSpare)
        {
            spare.Push(chunk);
        }
    }

    /// <summary>Nothing waits: what a burst has left is given back.</summary>
    public void Rest()
    {
        while (spare.Count > SpareAtRest)
        {
            spare.Pop();
        }
    }

    private static TailEntry Take(TailChunk chunk, int length, long row)
    {
        var entry = new TailEntry(chunk, chunk.Used, length, row);
        chunk.Used += length;
        chunk.Live++;
        return entry;
    }

    private TailChunk WithRoom(int length)
    {
        if (length <= current.Bytes.Length - current.Used)
        {
            return current;
        }

        if (length > ChunkBytes)
        {
            // A giant gets an array of its own.
            return new TailChunk(length);
        }

        return current = spare.TryPop(out var next) ? next : new TailChunk(ChunkBytes);
    }
}

/// <summary>Names a message: its room, and its sender and client id as <see cref="TailMessage.Key"/>.</summary>
internal readonly ref struct TailKey(ReadOnlySpan<byte> room, ReadOnlySpan<byte> key)
{
    public ReadOnlySpan<byte> Room { get; } = room;

    public ReadOnlySpan<byte> Key { get; } = key;
}

/// <summary>Finds messages that wait by their names, without an object for each.</summary>
internal sealed class ByTailKey : IEqualityComparer<TailEntry>, IAlternateEqualityComparer<TailKey, TailEntry>
{
    public bool Equals(TailEntry x, TailEntry y) => Equals(KeyOf(y), x);

    public int GetHashCode(TailEntry obj) => GetHashCode(KeyOf(obj));

    public bool Equals(TailKey alternate, TailEntry other)
    {
        var message = other.Message;
        return message.Key.SequenceEqual(alternate.Key) && message.RoomSpan.SequenceEqual(alternate.Room);
    }

    public int GetHashCode(TailKey alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate.Room);
        hash.AddBytes(alternate.Key);
        return hash.ToHashCode();
    }

    public TailEntry Create(TailKey alternate) => throw new NotSupportedException("A name alone is no message.");

    private static TailKey KeyOf(TailEntry entry)
    {
        var message = entry.Message;
        return new TailKey(message.RoomSpan, message.Key);
    }
}
