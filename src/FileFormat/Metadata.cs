using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatMonolith.FileFormat;

/// <summary>What an encrypted file is called and what it is; travels as a small encrypted file of its own.</summary>
/// <param name="Name">The file's name, at most 255 bytes in UTF-8, without a path.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Size">Its plaintext's length.</param>
/// <param name="Salt">The payload file's salt in hex: names cannot be swapped between files unnoticed.</param>
/// <param name="Index">Which file of its transfer it is, from 0.</param>
/// <param name="Count">How many there are.</param>
public sealed record Metadata(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("salt")] string Salt,
    [property: JsonPropertyName("index")] int Index,
    [property: JsonPropertyName("count")] int Count)
{
    /// <summary>The plaintext's length tells the name's length only to the next step of this.</summary>
    private const int Step = 256;

    /// <summary>Far above what the fields need.</summary>
    public const int MaxLength = 16 * Step;

    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this);
        var padded = new byte[(json.Length + Step - 1) / Step * Step];
        json.CopyTo(padded, 0);
        padded.AsSpan(json.Length).Fill((byte)' ');
        return padded;
    }

    /// <exception cref="DamagedFileException">It is not metadata.</exception>
    public static Metadata FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.Length is > 0 and <= MaxLength && bytes.Length % Step == 0 && JsonSerializer.Deserialize<Metadata>(bytes) is { Name: not null, Type: not null, Salt: not null } read
                ? read
                : throw new DamagedFileException();
        }
        catch (JsonException)
        {
            throw new DamagedFileException();
        }
    }
}
