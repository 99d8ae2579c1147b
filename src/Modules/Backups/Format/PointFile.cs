using System.Buffers.Binary;
using System.Text.Json;

namespace ChatMonolith.Backups.Format;

/// <summary>
/// A point's own file, whose appearance publishes the backup: magic, length, body (JSON), signature. Each byte of it is checked by somebody.
/// </summary>
internal static class PointFile
{
    /// <summary>Some million objects, or eight terabytes.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    private const int HeadLength = 12;
    private static readonly byte[] Magic = "CMPOINT1"u8.ToArray();

    public static byte[] Write(PointBody body, SigningKey key)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);
        var file = new byte[HeadLength + json.Length + SigningKey.SignatureLength];
        Magic.CopyTo(file, 0);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(Magic.Length), json.Length);
        json.CopyTo(file, HeadLength);
        key.Sign(file.AsSpan(0, HeadLength + json.Length)).CopyTo(file, HeadLength + json.Length);
        return file;
    }

    /// <param name="file">As it lies in the store.</param>
    /// <param name="signer">Whose it must be; null: anybody's, for those who only look.</param>
    /// <exception cref="BackupDamagedException">It is cut, changed, or signed by somebody else.</exception>
    public static PointBody Read(ReadOnlySpan<byte> file, SigningKey.Verifier? signer)
    {
        if (file.Length < HeadLength + SigningKey.SignatureLength || !file.StartsWith(Magic) || BinaryPrimitives.ReadInt32BigEndian(file[Magic.Length..]) != file.Length - HeadLength - SigningKey.SignatureLength)
        {
            throw new BackupDamagedException("the point's file is cut or damaged");
        }

        var signedPart = file[..^SigningKey.SignatureLength];
        if (signer is not null && !signer.Signed(signedPart, file[^SigningKey.SignatureLength..]))
        {
            throw new BackupDamagedException("the point's signature is not right: it is damaged, or another server's, or forged");
        }

        try
        {
            return Checked(JsonSerializer.Deserialize<PointBody>(signedPart[HeadLength..], JsonSerializerOptions.Web));
        }
        catch (JsonException)
        {
            throw new BackupDamagedException("the point's file cannot be read");
        }
    }

    /// <summary>Names become addresses in a store: nothing but hexadecimal digits is one.</summary>
    public static bool IsObjectName(string? name) => name is { Length: 64 } && name.All(char.IsAsciiHexDigitLower);

    private static PointBody Checked(PointBody? body)
    {
        if (body is null || body.Format != PointBody.CurrentFormat)
        {
            throw new BackupDamagedException("the point was made by a newer version");
        }

        if (body.Objects is null || body.Keys is null || body.Manifest is null || !body.Objects.All(o => IsObjectName(o?.Name) && IsFact(o!)) || !IsFact(body.Manifest) || body.Manifest.Name != body.Id.ToString("N"))
        {
            throw new BackupDamagedException("the point's file names what no point can hold");
        }

        return body;
    }

    private static bool IsFact(ObjectFact fact) => fact.Size is > 0 and < 1L << 40 && fact.Sha256 is { Length: 64 };
}
