using System.CommandLine;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>Lets more people open an encrypted file: only its header is made anew, the ciphertext stays what it is.</summary>
internal static class AddRecipient
{
    private const int CopyBuffer = 1 << 20;

    public static Command Command()
    {
        var file = new Argument<string>("file") { Description = "An encrypted file that you can open." };
        var to = new Option<string[]>("--to") { Description = "Public keys of those who shall be able to open it too.", HelpName = "key.pub", AllowMultipleArgumentsPerToken = true, Required = true };
        var key = new Option<string?>("--key") { Description = "Your private key. Left out: by the file's passphrase.", HelpName = "file" };
        var passphrase = new Option<string?>("--passphrase-file") { Description = "The first line of this file is the passphrase, of the key or of the file. Left out: it is asked for.", HelpName = "file" };
        var output = new Option<string?>("--output", "-o") { Description = "Where to. Left out: in its place.", HelpName = "file" };
        var command = new Command("add-recipient", "Lets more people open an encrypted file, without decrypting it. Works without a server.") { file, to, key, passphrase, output };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            parsed.GetRequiredValue(file), parsed.GetRequiredValue(to), parsed.GetValue(key), parsed.GetValue(passphrase), parsed.GetValue(output), ct)));
        return command;
    }

    private static async Task<int> Run(string path, string[] to, string? keyFile, string? passphraseFile, string? output, CancellationToken ct)
    {
        var wanted = to.Select(KeyFiles.ReadPublic).Distinct().ToArray();
        await using var input = Source.Open(path);
        var header = await Header.Read(input, ct);
        var added = wanted.Where(k => !header.KeyIds.Any(id => id.AsSpan().SequenceEqual(k.Id))).ToArray();
        if (added.Length == 0)
        {
            Console.WriteLine($"{path}: they can open it already.");
            return 0;
        }

        if (header.Stanzas.Count + added.Length > EncryptedFile.RecipientsMax)
        {
            throw new RefusedException($"A file has at most {EncryptedFile.RecipientsMax} recipients.");
        }

        using var key = keyFile is null ? null : await KeyFiles.Unwrap(keyFile, SecretInput.Read(passphraseFile, "Passphrase of the private key"), ct);
        var opener = key is not null ? Opener.Key(key) : Opener.Passphrase(SecretInput.Read(passphraseFile, "Passphrase of the file"));
        var wider = EncryptedFile.AddRecipients(header, opener, [.. added.Select(Recipient.Key)]);
        await using var finished = FinishedFile.Create(output ?? path, replaces: output is null);
        await finished.Stream.WriteAsync(wider.Bytes, ct);
        await input.CopyToAsync(finished.Stream, CopyBuffer, ct);
        await finished.Finish();
        Console.WriteLine($"{output ?? path}: {wider.Stanzas.Count} recipients.");
        return 0;
    }
}
