using System.IO.Compression;
using System.Security.Cryptography;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Backups.Format;

/// <summary>
/// A chunk as an object of the store: one byte that says whether it is compressed, then the bytes, in the encrypted file format. Its name
/// is keyed (HMAC-SHA-256 over the plaintext's hash and the recipients): equal chunks are stored once, and nobody who reads the store can
/// tell whether a file that they know is in it.
/// </summary>
internal sealed class ChunkCodec(IReadOnlyList<PublicKey> keys, byte[] nameKey)
{
    /// <summary>Of plaintext.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private const byte Stored = 0;
    private const byte Compressed = 1;
    private const int Quality = 3;
    private const int Window = 20;

    public static readonly long MostSealed = EncryptedFile.LengthOf(MostBytes + 1, 65_536);
    private readonly IReadOnlyList<Recipient> recipients = [.. keys.Select(Recipient.Key)];

    /// <summary>Of all that can open it, in an order of their own.</summary>
    private readonly byte[] audience = SHA256.HashData([.. keys.Select(k => k.Id).OrderBy(Convert.ToHexString, StringComparer.Ordinal).SelectMany(id => id)]);

    public string NameOf(ReadOnlySpan<byte> plainHash)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, nameKey);
        mac.AppendData(audience);
        mac.AppendData(plainHash);
        return Convert.ToHexStringLower(mac.GetHashAndReset());
    }

    public async Task<byte[]> Seal(ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        var packed = new byte[plain.Length + 1];
        if (!BrotliEncoder.TryCompress(plain.Span, packed.AsSpan(1), out var written, Quality, Window) || written > plain.Length - plain.Length / 20)
        {
            packed[0] = Stored;
            plain.CopyTo(packed.AsMemory(1));
            written = plain.Length;
        }
        else
        {
            packed[0] = Compressed;
        }

        return await Seal(packed.AsMemory(0, written + 1), recipients, ct).ConfigureAwait(false);
    }

    public Task<byte[]> SealWhole(ReadOnlyMemory<byte> plain, CancellationToken ct) => Seal(plain, recipients, ct);

    /// <summary>The plaintext of a chunk, checked against what the manifest says of it.</summary>
    /// <exception cref="BackupDamagedException">It is another one.</exception>
    public static async Task<byte[]> Open(Stream sealedBytes, Chunk chunk, PrivateKey key, CancellationToken ct)
    {
        var packed = await OpenWhole(sealedBytes, key, chunk.Length + 1, ct).ConfigureAwait(false);
        var plain = packed is [Stored, ..] ? packed[1..] : Unpack(packed, chunk.Length);
        return plain.Length == chunk.Length && Convert.ToHexStringLower(SHA256.HashData(plain)) == chunk.Sha256 ? plain : throw new BackupDamagedException($"the object {chunk.Object} holds something else than the manifest says");
    }

    /// <param name="sealedBytes">From its first byte.</param>
    /// <param name="key">Who opens.</param>
    /// <param name="most">A longer plaintext is refused before it is held.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<byte[]> OpenWhole(Stream sealedBytes, PrivateKey key, long most, CancellationToken ct)
    {
        try
        {
            var header = await Header.Read(sealedBytes, ct).ConfigureAwait(false);
            await using var opening = EncryptedFile.Open(sealedBytes, header, Opener.Key(key));
            var plain = new MemoryStream();
            var buffer = new byte[81_920];
            int read;
            while ((read = await opening.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                plain.Write(buffer, 0, plain.Length + read <= most ? read : throw new BackupDamagedException("an object is longer than it can be"));
            }

            return plain.ToArray();
        }
        catch (Exception e) when (e is DamagedFileException or NewerVersionException)
        {
            throw new BackupDamagedException("an object does not open: it is damaged");
        }
    }

    private static byte[] Unpack(byte[] packed, int length)
    {
        var plain = new byte[Math.Clamp(length, 0, MostBytes)];
        return packed is [Compressed, ..] && BrotliDecoder.TryDecompress(packed.AsSpan(1), plain, out var written) && written == length ? plain : throw new BackupDamagedException("a chunk does not unpack");
    }

    private static async Task<byte[]> Seal(ReadOnlyMemory<byte> plain, IReadOnlyList<Recipient> recipients, CancellationToken ct)
    {
        var target = new MemoryStream(plain.Length + 2048);
        await using var sealing = await EncryptedFile.Seal(target, [.. recipients], ct).ConfigureAwait(false);
        await sealing.WriteAsync(plain, ct).ConfigureAwait(false);
        await sealing.Complete(ct).ConfigureAwait(false);
        return target.ToArray();
    }
}
