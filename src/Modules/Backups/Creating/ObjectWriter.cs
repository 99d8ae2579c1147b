using System.Security.Cryptography;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;

namespace ChatMonolith.Backups.Creating;

/// <summary>Puts chunks into the store that are not there yet, and remembers what the point refers to.</summary>
internal sealed class ObjectWriter(IBackupStore store, ChunkCodec codec, IReadOnlyDictionary<string, ObjectFact> known)
{
    private readonly Dictionary<string, ObjectFact> used = new(StringComparer.Ordinal);

    /// <summary>All that were put, each once.</summary>
    public IReadOnlyCollection<ObjectFact> Used => used.Values;

    /// <summary>Bytes of ciphertext that this backup has added.</summary>
    public long Added { get; private set; }

    public async Task<Chunk> Put(ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        var hash = SHA256.HashData(plain.Span);
        var name = codec.NameOf(hash);
        if (!used.TryGetValue(name, out _))
        {
            used[name] = known.GetValueOrDefault(name) ?? await Write(name, plain, ct).ConfigureAwait(false);
        }

        return new Chunk(name, plain.Length, Convert.ToHexStringLower(hash));
    }

    private async Task<ObjectFact> Write(string name, ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        var sealedBytes = await codec.Seal(plain, ct).ConfigureAwait(false);
        await store.Write(StoreNames.OfObject(name), sealedBytes, ct).ConfigureAwait(false);
        Added += sealedBytes.Length;
        return Fact(name, sealedBytes);
    }

    public static ObjectFact Fact(string name, byte[] sealedBytes) => new(name, sealedBytes.Length, Convert.ToHexStringLower(SHA256.HashData(sealedBytes)));
}
