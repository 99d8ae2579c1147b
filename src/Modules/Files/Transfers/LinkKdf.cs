using System.Buffers.Text;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.Files.Transfers;

/// <summary>How a link's key is derived (encrypted file format, version 1, stanza 3): made by the sender's client, and handed out with the 401 of an <c>open</c> without the key.</summary>
/// <param name="Salt">32 bytes, in hex or base64, as the client wrote it.</param>
/// <param name="Iterations">0 without a password.</param>
/// <param name="HasPassword">Whether the key needs one.</param>
internal sealed record LinkKdf(string Salt, int Iterations, bool HasPassword)
{
    private const int KeyBytes = 32;
    private const int MinIterations = 100_000;
    private const int MaxIterations = 2_000_000;

    public bool IsValid => Key(Salt) is not null && (HasPassword ? Iterations is >= MinIterations and <= MaxIterations : Iterations == 0);

    public string Write() => JsonSerializer.Serialize(this, Json.Http);

    public static LinkKdf Read(string text) => JsonSerializer.Deserialize<LinkKdf>(text, Json.Http)!;

    /// <summary>32 bytes in hex, base64 or base64url; null for anything else.</summary>
    public static byte[]? Key(string? text)
    {
        if (text is null || text.Length > 2 * KeyBytes)
        {
            return null;
        }

        var bytes = new byte[2 * KeyBytes];
        if (text.Length == 2 * KeyBytes)
        {
            return Convert.FromHexString(text.AsSpan(), bytes, out _, out var fromHex) is System.Buffers.OperationStatus.Done && fromHex == KeyBytes ? bytes[..KeyBytes] : null;
        }

        return Convert.TryFromBase64String(text, bytes, out var length) && length == KeyBytes ? bytes[..KeyBytes]
            : Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out length) && length == KeyBytes ? bytes[..KeyBytes]
            : null;
    }
}
