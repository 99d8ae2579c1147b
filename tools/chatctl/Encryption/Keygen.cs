using System.CommandLine;
using System.Text;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>Makes a pair of keys for encrypted files.</summary>
internal static class Keygen
{
    public static Command Command()
    {
        var output = new Option<string>("--output", "-o") { Description = "NAME: makes NAME.pub (to give away) and NAME.key (to keep).", Required = true, HelpName = "name" };
        var passphrase = new Option<string?>("--passphrase-file") { Description = "The first line of this file is the passphrase. Left out: it is asked for.", HelpName = "file" };
        var recovery = new Option<bool>("--recovery") { Description = "Also make NAME.recovery, the same private key under a recovery code, which is printed once." };
        var force = new Option<bool>("--force") { Description = "Replace files of these names. A private key that is replaced is lost." };
        var command = new Command("keygen", "Makes a P-384 pair for encrypted files. The private key is written only wrapped under a passphrase (12 characters or more). Works without a server.") { output, passphrase, recovery, force };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(output), parsed.GetValue(passphrase), parsed.GetValue(recovery), parsed.GetValue(force), ct)));
        return command;
    }

    private static async Task<int> Run(string name, string? passphraseFile, bool withRecovery, bool force, CancellationToken ct)
    {
        foreach (var path in (string[])[name + ".pub", name + ".key", .. withRecovery ? [name + ".recovery"] : Array.Empty<string>()])
        {
            if (!force && Path.Exists(path))
            {
                throw new RefusedException($"{path} is there already. Name another, or give --force.");
            }
        }

        var passphrase = SecretInput.ReadNew(passphraseFile, "Passphrase for the private key");
        using var key = PrivateKey.Create();
        await Write(name + ".key", await KeyFiles.Wrap(key, passphrase, ct), force, ct);
        if (withRecovery)
        {
            var code = RecoveryCode.Create();
            await Write(name + ".recovery", await KeyFiles.Wrap(key, code, ct), force, ct);
            Console.WriteLine($"recovery code: {RecoveryCode.Print(code)}   (shown only this once: print it, and keep it apart from this machine)");
        }

        await Write(name + ".pub", Encoding.ASCII.GetBytes(key.Public.ToPem() + "\n"), force, ct);
        Console.WriteLine($"fingerprint:   {key.Public.FingerprintGroups}");
        Console.WriteLine($"{name}.pub is for everybody who shall encrypt for you; {name}.key is yours alone. Who loses the passphrase{(withRecovery ? " and the recovery code" : "")} loses the files.");
        return 0;
    }

    private static async Task Write(string path, byte[] bytes, bool force, CancellationToken ct)
    {
        await using var file = FinishedFile.Create(path, force);
        await file.Stream.WriteAsync(bytes, ct);
        await file.Finish();
    }
}
