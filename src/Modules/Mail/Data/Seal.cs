using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Mail.Data;

/// <summary>Letters carry codes and links that open accounts, and wait in a table that is backed up: there they are sealed, each bound to its own row.</summary>
internal sealed class Seal(ServerKeys keys)
{
    private readonly SealedBytes box = new(keys, "mail/outbox");

    public byte[] Close(Guid id, IReadOnlyDictionary<string, string> values) => box.Close(id, JsonSerializer.SerializeToUtf8Bytes(values));

    /// <exception cref="CryptographicException">It was changed, or the server's secret is another.</exception>
    public IReadOnlyDictionary<string, string> Open(Guid id, ReadOnlySpan<byte> sealedValues) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(box.Open(id, sealedValues) ?? throw new CryptographicException("This letter was sealed by another server's secret, or changed."))!;
}
