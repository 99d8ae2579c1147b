using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.Chatctl.Encryption;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Transfers;

/// <summary>Encrypts files here and sends them through a server, to accounts and by link.</summary>
internal static class Send
{
    /// <summary>The server learns a number in place of a name; the name is in the metadata, which is encrypted.</summary>
    public const string MetadataEnding = ".meta" + Encrypt.Extension;

    public static Command Command()
    {
        var files = new Argument<string[]>("file") { Description = "What to send.", Arity = ArgumentArity.OneOrMore };
        var server = new Option<string>("--server") { Description = "Such as https://chat.example.org", Required = true, HelpName = "url" };
        var login = new Option<string>("--login") { Description = "Your username or email.", Required = true, HelpName = "name" };
        var passwordFile = new Option<string?>("--password-file") { Description = "The first line of this file is your login password. Left out: it is asked for.", HelpName = "file" };
        var to = new Option<string[]>("--to") { Description = "A recipient with an account: username, or email.", HelpName = "name", AllowMultipleArgumentsPerToken = true };
        var known = new Option<string[]>("--known") { Description = "Public keys that you have from the recipients themselves. If given, the server's word alone is not taken for any recipient.", HelpName = "key.pub", AllowMultipleArgumentsPerToken = true };
        var link = new Option<bool>("--link") { Description = "Whoever has the link can open it; it is printed once." };
        var linkPassword = new Option<string?>("--link-password-file") { Description = "And knows the password in the first line of this file.", HelpName = "file" };
        var hours = new Option<int?>("--hours") { Description = "How long it stays open. Left out: 168." };
        var downloads = new Option<int?>("--downloads") { Description = "How often it may be downloaded. Left out: no limit." };
        var message = new Option<string?>("--message") { Description = "Beside the files; the server can read it." };
        var command = new Command("send", "Encrypts files and sends them. The server sees ciphertext, sizes and recipients.") { files, server, login, passwordFile, to, known, link, linkPassword, hours, downloads, message };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            new Order(
                parsed.GetRequiredValue(files),
                parsed.GetRequiredValue(server),
                parsed.GetRequiredValue(login),
                parsed.GetValue(passwordFile),
                parsed.GetValue(to) ?? [],
                [.. (parsed.GetValue(known) ?? []).Select(KeyFiles.ReadPublic)],
                parsed.GetValue(link) || parsed.GetValue(linkPassword) is not null,
                parsed.GetValue(linkPassword),
                parsed.GetValue(hours),
                parsed.GetValue(downloads),
                parsed.GetValue(message)),
            ct)));
        return command;
    }

    private static async Task<int> Run(Order order, CancellationToken ct)
    {
        if (order.To.Length == 0 && !order.HasLink)
        {
            throw new RefusedException("Say who shall get it: --to, --link, or both.");
        }

        using var session = ServerSession.To(order.Server);
        await session.LogIn(order.Login, order.PasswordFile, ct);
        try
        {
            var people = new List<(Guid Id, PublicKey Key)>();
            foreach (var name in order.To)
            {
                people.Add(await Find(session, name, order.Known, ct));
            }

            var link = order.HasLink ? LinkSecret.Create(order.LinkPasswordFile is null ? null : SecretInput.ReadNew(order.LinkPasswordFile, "The link's password")) : null;
            List<Recipient> recipients = [.. people.Select(p => p.Key).Distinct().Select(Recipient.Key), .. link is null ? Array.Empty<Recipient>() : [Recipient.Link(link)]];
            var ids = new List<Guid>();
            for (var i = 0; i < order.Files.Length; i++)
            {
                ids.AddRange(await Upload(session, order.Files[i], i, order.Files.Length, recipients, ct));
            }

            var made = await session.Call(HttpMethod.Post, "transfers", Transfer(order, people, ids, link), ct);
            Console.WriteLine($"sent, open until {made.GetProperty("transfer").GetProperty("expiresAt").GetString()}");
            Console.WriteLine($"transfer: {made.GetProperty("transfer").GetProperty("id").GetString()}");
            if (link is not null)
            {
                Console.WriteLine($"link: {new Uri(session.Server, $"/t/{made.GetProperty("transfer").GetProperty("id").GetString()}#{Base64Url.EncodeToString(link.Secret)}")}   (shown only this once)");
            }

            return 0;
        }
        finally
        {
            await session.LogOut();
        }
    }

    private static object Transfer(Order order, List<(Guid Id, PublicKey Key)> people, List<Guid> fileIds, LinkSecret? link) => new
    {
        fileIds,
        recipients = people.Select(p => new { userId = p.Id }).ToArray(),
        message = order.Message,
        expiresInHours = order.Hours,
        maxDownloads = order.Downloads,
        linkAuthHash = link is null ? null : Convert.ToHexStringLower(SHA256.HashData(link.AuthKey())),
        linkKdf = link is null ? null : new { salt = Convert.ToBase64String(link.Salt), iterations = link.Iterations, hasPassword = link.HasPassword },
    };

    private static async Task<(Guid Id, PublicKey Key)> Find(ServerSession session, string name, IReadOnlyList<PublicKey> known, CancellationToken ct)
    {
        var escaped = Uri.EscapeDataString(name);
        Answer answer;
        if (name.Contains('@', StringComparison.Ordinal))
        {
            answer = await session.Try(HttpMethod.Get, "keys?email=" + escaped, null, ct);
        }
        else
        {
            var found = (await session.Call(HttpMethod.Get, "users?limit=200&query=" + escaped, null, ct)).GetProperty("items").EnumerateArray()
                .Where(u => string.Equals(u.GetProperty("username").GetString(), name, StringComparison.OrdinalIgnoreCase)).Select(u => u.GetProperty("id").GetString()).FirstOrDefault();
            answer = await session.Try(HttpMethod.Get, $"users/{found ?? throw new RefusedException($"There is no {name} on this server.")}/key", null, ct);
        }

        if (answer.Status is System.Net.HttpStatusCode.NotFound)
        {
            throw new RefusedException($"{name} has no key for encrypted files yet, or is not here.");
        }

        var key = PublicKey.Parse(answer.Required().GetProperty("publicKey").GetString()!);
        if (known.Count > 0 && !known.Contains(key))
        {
            throw new RefusedException($"The server names another key for {name} than those that you know: {key.FingerprintGroups}. Nothing was sent.");
        }

        Console.WriteLine($"{answer.Body.GetProperty("username").GetString()}: {key.FingerprintGroups}");
        return (answer.Body.GetProperty("userId").GetGuid(), key);
    }

    private static async Task<Guid[]> Upload(ServerSession session, string path, int index, int count, List<Recipient> recipients, CancellationToken ct)
    {
        await using var plain = Source.Open(path);
        var salt = "";
        var payload = await Upload(session, $"{index + 1}{Encrypt.Extension}", plain.Length, recipients, async sealing =>
        {
            salt = Convert.ToHexStringLower(sealing.Header.Salt);
            await Bar.Show(Path.GetFileName(path), plain.Length, progress => sealing.WriteFrom(plain, progress, ct));
        }, ct);
        var metadata = new Metadata(Path.GetFileName(path), "application/octet-stream", plain.Length, salt, index, count).ToBytes();
        return [payload, await Upload(session, $"{index + 1}{MetadataEnding}", metadata.Length, recipients, async sealing => await sealing.WriteAsync(metadata, ct), ct)];
    }

    private static async Task<Guid> Upload(ServerSession session, string name, long length, List<Recipient> recipients, Func<SealingStream, Task> write, CancellationToken ct)
    {
        await using var upload = new UploadStream(session, name, header => EncryptedFile.LengthOf(length, header));
        try
        {
            await using var sealing = await EncryptedFile.Seal(upload, recipients, ct);
            await write(sealing);
            await sealing.Complete(ct);
            await upload.Complete(ct);
            return upload.FileId;
        }
        finally
        {
            await upload.Abandon();
        }
    }

    private sealed record Order(
        string[] Files, string Server, string Login, string? PasswordFile, string[] To, IReadOnlyList<PublicKey> Known, bool HasLink, string? LinkPasswordFile, int? Hours, int? Downloads, string? Message);
}
