namespace ChatMonolith.Backups.Format;

/// <summary>
/// Cuts a stream where its content says (a gear hash, as in FastCDC: Xia et al., USENIX ATC 2016), so that a dump in which something was
/// inserted has the same chunks after it as before. The table is keyed: where the cuts lie tells nobody what was written.
/// </summary>
internal sealed class Chunker
{
    public const int Most = 2 * 1024 * 1024;
    private const int Least = 128 * 1024;
    private const int MaskBits = 19;
    private const ulong Mask = ((1UL << MaskBits) - 1) << (64 - MaskBits);
    private readonly ulong[] gear = new ulong[256];
    private readonly byte[] buffer = new byte[Most * 2];
    private readonly Stream source;
    private int from;
    private int to;
    private bool ended;

    public Chunker(Stream source, byte[] key)
    {
        this.source = source;
        var table = System.Security.Cryptography.HKDF.DeriveKey(System.Security.Cryptography.HashAlgorithmName.SHA256, key, 256 * sizeof(ulong), info: "gear"u8.ToArray());
        Buffer.BlockCopy(table, 0, gear, 0, table.Length);
    }

    /// <returns>The next chunk, good until the next call; empty at the end.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> Next(CancellationToken ct)
    {
        if (!ended && to - from < Most)
        {
            buffer.AsSpan(from, to - from).CopyTo(buffer);
            (from, to) = (0, to - from);
            var read = await source.ReadAtLeastAsync(buffer.AsMemory(to), buffer.Length - to, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            ended = read < buffer.Length - to;
            to += read;
        }

        var length = Cut(buffer.AsSpan(from, Math.Min(Most, to - from)));
        var chunk = buffer.AsMemory(from, length);
        from += length;
        return chunk;
    }

    private int Cut(ReadOnlySpan<byte> bytes)
    {
        var hash = 0UL;
        for (var i = Least; i < bytes.Length; i++)
        {
            hash = (hash << 1) + gear[bytes[i]];
            if ((hash & Mask) == 0)
            {
                return i + 1;
            }
        }

        return bytes.Length;
    }
}
