using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Auth.Sessions;

/// <summary>
/// Refresh tokens: 256 bits, base64url. The first of a session is random; each successor is HMAC-SHA-256 of its predecessor under a key
/// of the server's, so that a repeat of the predecessor can be answered with the same successor although only hashes are stored.
/// </summary>
internal sealed class RefreshSecrets(ServerKeys keys)
{
    private readonly byte[] key = keys.Lasting("auth/refresh");

    public string Successor(string predecessor) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Base64Url.DecodeFromChars(predecessor)));

    /// <summary>Whether a text can be a refresh token at all: 32 bytes in their one spelling.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? token) =>
        token is { Length: 43 } && Base64Url.IsValid(token) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(token)) == token;
}
