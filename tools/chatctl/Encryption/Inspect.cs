using System.CommandLine;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>Tells what can be told of an encrypted file without a key.</summary>
internal static class Inspect
{
    public static Command Command()
    {
        var file = new Argument<string>("file") { Description = "An encrypted file, or a key of keygen." };
        var known = new Option<string[]>("--to") { Description = "Public keys: those that are recipients are named.", HelpName = "key.pub", AllowMultipleArgumentsPerToken = true };
        var command = new Command("inspect", "Shows what anybody can see of an encrypted file: its size and its recipients. Nothing of it is proven without a key. Works without a server.") { file, known };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(file), parsed.GetValue(known) ?? [], ct)));
        return command;
    }

    private static async Task<int> Run(string path, string[] known, CancellationToken ct)
    {
        await using var input = Source.Open(path);
        if (known.Length == 0 && LooksLikePublicKey(input))
        {
            Console.WriteLine($"public key:   {KeyFiles.ReadPublic(path).FingerprintGroups}");
            return 0;
        }

        var header = await Header.Read(input, ct);
        var names = known.ToDictionary(p => Convert.ToHexStringLower(KeyFiles.ReadPublic(p).Id), p => p, StringComparer.Ordinal);
        Console.WriteLine("format:       version 1, ECDH P-384, HKDF-SHA-256, AES-256-GCM");
        Console.WriteLine($"size:         {EncryptedFile.PlainLengthOf(input.Length, header.Length):N0} bytes ({input.Length:N0} encrypted, {header.Length:N0} of them header)");
        foreach (var id in header.KeyIds.Select(Convert.ToHexStringLower))
        {
            Console.WriteLine($"recipient:    key {id}{(names.TryGetValue(id, out var name) ? " = " + name : "")}");
        }

        if (header.HasPassphrase)
        {
            Console.WriteLine("recipient:    whoever knows the passphrase");
        }

        if (header.HasLink)
        {
            Console.WriteLine($"recipient:    whoever has the link{(header.LinkHasPassword ? " and its password" : "")}");
        }

        return 0;
    }

    private static bool LooksLikePublicKey(FileStream input)
    {
        Span<byte> begin = stackalloc byte[11];
        var read = input.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        input.Position = 0;
        return begin[..read].SequenceEqual("-----BEGIN "u8);
    }
}
