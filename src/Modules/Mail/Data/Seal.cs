using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Mail.Data;

/// <summary>
/// Letters carry codes and links that open accounts, and wait in a table that is backed up: there they are AES-256-GCM under a key of the
/// server's, each bound to its own row.
/// </summary>
internal sealed class Seal(ServerKeys keys)
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private readonly byte[] key = keys.Derive("mail/outbox");

    public byte[] Close(Guid id, IReadOnlyDictionary<string, string> values)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(values);
        var result = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), id.ToByteArray(bigEndian: true));
        return result;
    }

    /// <exception cref="CryptographicException">It was changed, or the server's secret is another.</exception>
    public IReadOnlyDictionary<string, string> Open(Guid id, ReadOnlySpan<byte> sealedValues)
    {
        if (sealedValues.Length < NonceBytes + TagBytes)
        {
            throw new CryptographicException("Too short for a sealed letter.");
        }

        var plain = new byte[sealedValues.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(sealedValues[..NonceBytes], sealedValues[(NonceBytes + TagBytes)..], sealedValues.Slice(NonceBytes, TagBytes), plain, id.ToByteArray(bigEndian: true));
        return JsonSerializer.Deserialize<Dictionary<string, string>>(plain)!;
    }
}
