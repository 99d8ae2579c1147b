using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.BuildingBlocks.Security;

/// <summary>
/// Keys for one purpose each, derived from the one server secret with HKDF-SHA-256 (RFC 5869). The secret is made at the first
/// start and kept in the data folder as <c>secret.key</c>, mode 0600.
/// </summary>
public sealed class ServerKeys(DataFolder folder)
{
    private readonly Lazy<byte[]> root = new(() => folder.ReadOrCreateSecret("secret.key", 32));

    /// <summary>A 32-byte key bound to <paramref name="purpose"/>, the same after every restart.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, root.Value, 32, info: Encoding.ASCII.GetBytes("chatmonolith/" + purpose));
}
