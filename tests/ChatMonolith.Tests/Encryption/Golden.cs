using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Encryption;

/// <summary>The files of tests/encryption/golden, made by a writer that shares no code with the product.</summary>
internal static class Golden
{
    public static readonly string Folder = Path.Combine(Repository.Root, "tests", "encryption", "golden");
    private static readonly JsonElement Manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json"))).RootElement;

    public static IEnumerable<(string File, int Size, JsonElement Opener)> Files =>
        from file in Manifest.GetProperty("files").EnumerateArray()
        from opener in file.GetProperty("openers").EnumerateArray()
        select (file.GetProperty("file").GetString()!, file.GetProperty("size").GetInt32(), opener);

    public static IEnumerable<JsonElement> Corpus => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "corpus.json"))).RootElement.EnumerateArray();

    public static byte[] Pkcs8(string name) => Convert.FromHexString(Manifest.GetProperty("keys").GetProperty(name).GetProperty("pkcs8").GetString()!);

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    public static PrivateKey Key(string name) => PrivateKey.FromPkcs8(Pkcs8(name));

    public static Opener OpenerOf(JsonElement how)
    {
        if (how.TryGetProperty("key", out var key))
        {
            return Opener.Key(Key(key.GetString()!));
        }

        return how.TryGetProperty("pass", out var pass)
            ? Opener.Passphrase(pass.GetString()!)
            : Opener.Link(Convert.FromHexString(how.GetProperty("link").GetString()!), how.TryGetProperty("password", out var password) ? password.GetString() : null);
    }

    /// <summary>SHA-256 of a counter, again and again.</summary>
    public static byte[] Content(int size)
    {
        var content = new byte[(size + 31) / 32 * 32];
        var counted = "golden\0\0\0\0"u8.ToArray();
        for (var i = 0; i * 32 < size; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(counted.AsSpan(6), i);
            SHA256.HashData(counted, content.AsSpan(i * 32));
        }

        return content[..size];
    }

    public static byte[] Assemble(JsonElement pieces)
    {
        var made = new MemoryStream();
        foreach (var piece in pieces.EnumerateArray())
        {
            made.Write(piece.TryGetProperty("hex", out var hex)
                ? Convert.FromHexString(hex.GetString()!)
                : Read(piece.GetProperty("of").GetString()!).AsSpan(piece.GetProperty("from").GetInt32()..piece.GetProperty("to").GetInt32()));
        }

        return made.ToArray();
    }

    public static async Task<byte[]> Seal(byte[] plain, params Recipient[] recipients)
    {
        var output = new MemoryStream();
        await using var sealing = await EncryptedFile.Seal(output, recipients, default);
        await sealing.WriteAsync(plain);
        await sealing.Complete(default);
        return output.ToArray();
    }

    public static async Task<byte[]> Open(byte[] file, Opener opener)
    {
        var plain = new MemoryStream();
        await using var opening = await EncryptedFile.Open(new MemoryStream(file), opener, default);
        await opening.ReadTo(plain, progress: null, default);
        return plain.ToArray();
    }

    public static Task<OpenedRanges> Ranges(byte[] file, Opener opener) =>
        OpenedRanges.Open(
            (offset, target, _) =>
            {
                file.AsMemory((int)offset, target.Length).CopyTo(target);
                return ValueTask.CompletedTask;
            },
            file.Length,
            opener,
            default);
}
