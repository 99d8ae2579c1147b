using System.Buffers.Text;
using System.CommandLine;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>Encrypts local files; no server is asked.</summary>
internal static class Encrypt
{
    public const string Extension = ".cmfile";

    public static Command Command()
    {
        var files = new Argument<string[]>("file") { Description = "What to encrypt.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = $"Where to, for one file. Left out: beside it, with {Extension} behind its name.", HelpName = "file" };
        var to = new Option<string[]>("--to") { Description = "A recipient's public key (PEM or base64), as often as there are recipients.", HelpName = "key.pub", AllowMultipleArgumentsPerToken = true };
        var passphrase = new Option<bool>("--passphrase") { Description = "Whoever knows a passphrase can open it; it is asked for." };
        var passphraseFile = new Option<string?>("--passphrase-file") { Description = "The same, with the first line of this file.", HelpName = "file" };
        var link = new Option<bool>("--link") { Description = "Whoever has a secret can open it, as behind the # of a link; it is made, and printed once." };
        var passwordFile = new Option<string?>("--link-password-file") { Description = "And knows the password in the first line of this file.", HelpName = "file" };
        var force = new Option<bool>("--force") { Description = "Replace a file of that name." };
        var command = new Command("encrypt", "Encrypts files for public keys (--to), a passphrase, a link, or several of these. Works without a server.") { files, output, to, passphrase, passphraseFile, link, passwordFile, force };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            parsed.GetRequiredValue(files),
            parsed.GetValue(output),
            parsed.GetValue(to) ?? [],
            parsed.GetValue(passphrase) || parsed.GetValue(passphraseFile) is not null ? () => SecretInput.ReadNew(parsed.GetValue(passphraseFile), "Passphrase") : null,
            parsed.GetValue(link) || parsed.GetValue(passwordFile) is not null ? () => LinkSecret.Create(parsed.GetValue(passwordFile) is { } path ? SecretInput.ReadNew(path, "The link's password") : null) : null,
            parsed.GetValue(force),
            ct)));
        return command;
    }

    private static async Task<int> Run(string[] files, string? output, string[] to, Func<string>? passphrase, Func<LinkSecret>? link, bool force, CancellationToken ct)
    {
        if (output is not null && files.Length > 1)
        {
            throw new RefusedException("--output is for one file.");
        }

        var keys = to.Select(KeyFiles.ReadPublic).Distinct().ToArray();
        if (keys.Length + (passphrase is null ? 0 : 1) + (link is null ? 0 : 1) is 0 or > EncryptedFile.RecipientsMax)
        {
            throw new RefusedException($"Say who shall open it: 1 to {EncryptedFile.RecipientsMax} of --to, --passphrase and --link.");
        }

        var recipients = keys.Select(Recipient.Key).ToList();
        if (passphrase is not null)
        {
            recipients.Add(Recipient.Passphrase(passphrase()));
        }

        var secret = link?.Invoke();
        if (secret is not null)
        {
            recipients.Add(Recipient.Link(secret));
        }

        foreach (var file in files)
        {
            await Seal(file, output ?? file + Extension, recipients, force, ct);
        }

        if (secret is not null)
        {
            Console.WriteLine($"link secret: {Base64Url.EncodeToString(secret.Secret)}   (shown only this once)");
        }

        return 0;
    }

    private static async Task Seal(string source, string target, List<Recipient> recipients, bool force, CancellationToken ct)
    {
        await using var plain = Source.Open(source);
        await using var finished = FinishedFile.Create(target, force);
        await using var sealing = await EncryptedFile.Seal(finished.Stream, recipients, ct);
        await Bar.Show(Path.GetFileName(source), plain.Length, progress => sealing.WriteFrom(plain, progress, ct));
        await sealing.Complete(ct);
        await finished.Finish();
        Console.WriteLine($"{target}: {plain.Length:N0} bytes for {recipients.Count}.");
    }
}
