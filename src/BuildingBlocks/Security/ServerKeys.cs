using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.BuildingBlocks.Security;

/// <summary>
/// Keys for one purpose each, derived from the server's secret with HKDF-SHA-256 (RFC 5869). The secret is made at the first start and
/// kept in the data folder as <c>secret.key</c>, mode 0600; <see cref="Rotate"/> puts a new generation before the ones that are there.
/// </summary>
public sealed class ServerKeys(DataFolder folder)
{
    public const string FileName = "secret.key";
    public const int MostGenerations = 16;
    internal const int Bytes = 32;

    private Lazy<byte[][]> generations = Read(folder);

    /// <summary>The folder has another secret now.</summary>
    /// <exception cref="InvalidOperationException">Something was derived from the one before.</exception>
    internal void Reload() => generations = generations.IsValueCreated ? throw new InvalidOperationException("Keys were derived before the nodes had agreed on their secret.") : Read(folder);

    /// <summary>A 32-byte key bound to <paramref name="purpose"/>: for what is signed or sealed from now on.</summary>
    public byte[] Derive(string purpose) => Derive(generations.Value[0], purpose);

    /// <summary>The keys of all generations, the newest first: for reading what earlier ones have sealed.</summary>
    public IReadOnlyList<byte[]> Generations(string purpose) => Array.ConvertAll(generations.Value, secret => Derive(secret, purpose));

    /// <summary>
    /// The same key for as long as the data lasts, whatever is rotated: for MACs that stored things are recognised by. None of them opens
    /// anything without the thing itself.
    /// </summary>
    public byte[] Lasting(string purpose) => Derive(generations.Value[^1], purpose);

    /// <summary>Begins a new generation, in the folder of a server that is stopped. Returns how many there are.</summary>
    /// <exception cref="StartRefusedException">There are as many as can be.</exception>
    public static int Rotate(DataFolder folder)
    {
        var before = folder.ReadOrCreateSecret(FileName, Bytes, MostGenerations);
        if (before.Length == Bytes * MostGenerations)
        {
            throw new StartRefusedException($"The server's secret has {MostGenerations} generations already. More cannot be kept.");
        }

        folder.ReplaceSecret(FileName, [.. RandomNumberGenerator.GetBytes(Bytes), .. before]);
        return (before.Length / Bytes) + 1;
    }

    private static Lazy<byte[][]> Read(DataFolder folder) => new(() => [.. folder.ReadOrCreateSecret(FileName, Bytes, MostGenerations).Chunk(Bytes)]);

    private static byte[] Derive(byte[] secret, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Bytes, info: Encoding.ASCII.GetBytes("chatmonolith/" + purpose));
}
