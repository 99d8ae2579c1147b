using System.Buffers.Text;
using System.CommandLine;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>Decrypts local files; no server is asked.</summary>
internal static class Decrypt
{
    public static Command Command()
    {
        var files = new Argument<string[]>("file") { Description = "What to decrypt.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = $"Where to, for one file. Left out: its name without {Encrypt.Extension}.", HelpName = "file" };
        var key = new Option<string?>("--key") { Description = "Your private key (NAME.key or NAME.recovery). Left out: by the file's passphrase.", HelpName = "file" };
        var link = new Option<bool>("--link") { Description = "By a link: it, or its secret alone, is asked for, and then its password if it has one." };
        var linkFile = new Option<string?>("--link-file") { Description = "The same, with the first line of this file.", HelpName = "file" };
        var passphrase = new Option<string?>("--passphrase-file") { Description = "The first line of this file is the passphrase (of the key, of the file, or of the link). Left out: it is asked for.", HelpName = "file" };
        var force = new Option<bool>("--force") { Description = "Replace a file of that name." };
        var command = new Command("decrypt", "Decrypts files, with a private key, a passphrase or a link. A file has its name only when all of it was verified. Works without a server.") { files, output, key, link, linkFile, passphrase, force };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            parsed.GetRequiredValue(files),
            parsed.GetValue(output),
            new By(parsed.GetValue(key), parsed.GetValue(link) || parsed.GetValue(linkFile) is not null, parsed.GetValue(linkFile), parsed.GetValue(passphrase)),
            parsed.GetValue(force),
            ct)));
        return command;
    }

    /// <summary>Of a whole link, or of what stands behind its #; null: it is neither.</summary>
    public static byte[]? SecretOf(string text)
    {
        var secret = text.Trim()[(text.Trim().LastIndexOf('#') + 1)..];
        return Base64Url.IsValid(secret, out var length) && length == LinkSecret.Length ? Base64Url.DecodeFromChars(secret) : null;
    }

    private static async Task<int> Run(string[] files, string? output, By by, bool force, CancellationToken ct)
    {
        if (output is not null && files.Length > 1)
        {
            throw new RefusedException("--output is for one file.");
        }

        Opener? opener = null;
        foreach (var file in files)
        {
            var target = output ?? (file.EndsWith(Encrypt.Extension, StringComparison.OrdinalIgnoreCase) && file.Length > Encrypt.Extension.Length
                ? file[..^Encrypt.Extension.Length]
                : throw new RefusedException($"{file} does not end with {Encrypt.Extension}: say with --output where to."));
            await using var input = Source.Open(file);
            var header = await Header.Read(input, ct);
            opener ??= await Ask(header, by, ct);
            await using var finished = FinishedFile.Create(target, force);
            await using var opening = EncryptedFile.Open(input, header, opener);
            await Bar.Show(Path.GetFileName(file), input.Length, progress => opening.ReadTo(finished.Stream, progress, ct));
            await finished.Finish();
            Console.WriteLine($"{target}: decrypted.");
        }

        return 0;
    }

    private static async Task<Opener> Ask(Header header, By by, CancellationToken ct)
    {
        if (by.Key is not null)
        {
            return Opener.Key(await KeyFiles.Unwrap(by.Key, SecretInput.Read(by.PassphraseFile, "Passphrase of the private key"), ct));
        }

        if (by.IsLink)
        {
            var secret = SecretOf(SecretInput.Read(by.LinkFile, "Link")) ?? throw new RefusedException("This is no link: behind its # there are 43 characters.");
            return Opener.Link(secret, header.LinkHasPassword ? SecretInput.Read(by.PassphraseFile, "Password of the link") : null);
        }

        return header.HasPassphrase
            ? Opener.Passphrase(SecretInput.Read(by.PassphraseFile, "Passphrase of the file"))
            : throw new RefusedException(header.HasLink ? "This file has no passphrase. Give --key, or --link." : "This file has no passphrase. Give --key.");
    }

    /// <param name="Key">The path of a private key.</param>
    /// <param name="IsLink">By a link.</param>
    /// <param name="LinkFile">Where it stands.</param>
    /// <param name="PassphraseFile">Where the passphrase stands.</param>
    private sealed record By(string? Key, bool IsLink, string? LinkFile, string? PassphraseFile);
}
