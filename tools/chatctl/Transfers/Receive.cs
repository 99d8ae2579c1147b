using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using ChatMonolith.Chatctl.Encryption;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Transfers;

/// <summary>Fetches an encrypted transfer and decrypts it here.</summary>
internal static class Receive
{
    public static Command Command()
    {
        var linkFile = new Option<string?>("--link-file") { Description = "The link is the first line of this file. Left out, and without --transfer: it is asked for.", HelpName = "file" };
        var passphrase = new Option<string?>("--passphrase-file") { Description = "The first line of this file is the link's password, or the passphrase of the private key. Left out: it is asked for.", HelpName = "file" };
        var transfer = new Option<Guid?>("--transfer") { Description = "The id of a transfer to you; with --server, --login and --key.", HelpName = "id" };
        var server = new Option<string?>("--server") { Description = "Such as https://chat.example.org", HelpName = "url" };
        var login = new Option<string?>("--login") { Description = "Your username or email.", HelpName = "name" };
        var passwordFile = new Option<string?>("--password-file") { Description = "The first line of this file is your login password. Left out: it is asked for.", HelpName = "file" };
        var key = new Option<string?>("--key") { Description = "Your private key.", HelpName = "file" };
        var output = new Option<string>("--output", "-o") { Description = "The folder to put the files in.", HelpName = "folder", DefaultValueFactory = _ => "." };
        var force = new Option<bool>("--force") { Description = "Replace files of the same names." };
        var command = new Command("receive", "Fetches encrypted files that were sent by link or to you, and decrypts them. A file has its name only when all of it was verified.") { linkFile, passphrase, transfer, server, login, passwordFile, key, output, force };
        command.SetAction((parsed, ct) => Refusal.Guard(() => parsed.GetValue(transfer) is { } id
            ? ToMe(
                id,
                parsed.GetValue(server) ?? throw new RefusedException("Name the server with --server."),
                parsed.GetValue(login) ?? throw new RefusedException("Say with --login who you are."),
                parsed.GetValue(passwordFile),
                parsed.GetValue(key) ?? throw new RefusedException("Name your private key with --key."),
                parsed.GetValue(passphrase),
                new Target(parsed.GetValue(output)!, parsed.GetValue(force)),
                ct)
            : ByLink(parsed.GetValue(linkFile), parsed.GetValue(passphrase), new Target(parsed.GetValue(output)!, parsed.GetValue(force)), ct)));
        return command;
    }

    private static async Task<int> ByLink(string? linkFile, string? passwordFile, Target target, CancellationToken ct)
    {
        var link = SecretInput.Read(linkFile, "Link").Trim();
        if (!Uri.TryCreate(link, UriKind.Absolute, out var uri) || uri.Segments is not ["/", "t/", var last] || !Guid.TryParse(last, out var id) || Decrypt.SecretOf(link) is not { } secret)
        {
            throw new RefusedException("This is no link of a transfer: https://…/t/…#…");
        }

        using var session = ServerSession.To(link);
        var asked = await session.Try(HttpMethod.Post, $"transfers/{id}/open", new { }, ct);
        if (asked.Code != "invalid_credentials" || !asked.Body.TryGetProperty("linkKdf", out var kdf))
        {
            asked.Required();
            throw new RefusedException("This transfer is not encrypted. Open its link in a browser.");
        }

        var iterations = kdf.GetProperty("iterations").GetInt32();
        var password = iterations == 0 ? null : SecretInput.Read(passwordFile, "Password of the link");
        var held = LinkSecret.From(secret, SaltOf(kdf.GetProperty("salt").GetString()!), iterations, password);
        var opened = await session.Call(HttpMethod.Post, $"transfers/{id}/open", new { authKey = Convert.ToBase64String(held.AuthKey()) }, ct);
        return await Fetch(session, id, opened, Opener.Link(secret, password), target, ct);
    }

    private static async Task<int> ToMe(Guid id, string server, string login, string? passwordFile, string keyFile, string? passphraseFile, Target target, CancellationToken ct)
    {
        using var session = ServerSession.To(server);
        await session.LogIn(login, passwordFile, ct);
        try
        {
            using var key = await KeyFiles.Unwrap(keyFile, SecretInput.Read(passphraseFile, "Passphrase of the private key"), ct);
            var opened = await session.Call(HttpMethod.Post, $"transfers/{id}/open", new { }, ct);
            return await Fetch(session, id, opened, Opener.Key(key), target, ct);
        }
        finally
        {
            await session.LogOut();
        }
    }

    private static async Task<int> Fetch(ServerSession session, Guid id, JsonElement opened, Opener opener, Target target, CancellationToken ct)
    {
        var token = new AuthenticationHeaderValue("Transfer", opened.GetProperty("downloadToken").GetString());
        var files = opened.GetProperty("transfer").GetProperty("files").EnumerateArray()
            .Select(f => (Id: f.GetProperty("id").GetGuid(), Name: f.GetProperty("name").GetString()!, Size: f.GetProperty("size").GetInt64())).ToArray();
        var metadata = new Dictionary<string, Metadata>(StringComparer.Ordinal);
        foreach (var file in files.Where(f => f.Name.EndsWith(Send.MetadataEnding, StringComparison.Ordinal)))
        {
            await using var download = Download(file.Id);
            var one = await ReadMetadata(download, opener, ct);
            metadata[one.Salt] = one;
        }

        var payloads = files.Where(f => !f.Name.EndsWith(Send.MetadataEnding, StringComparison.Ordinal)).ToArray();
        if (metadata.Values.Any(m => m.Count != payloads.Length))
        {
            throw new RefusedException("A file of this transfer is missing.");
        }

        Directory.CreateDirectory(target.Folder);
        foreach (var file in payloads)
        {
            await using var download = Download(file.Id);
            await using var opening = await EncryptedFile.Open(download, opener, ct);
            var known = metadata.GetValueOrDefault(Convert.ToHexStringLower(opening.Header.Salt)) ?? throw new DamagedFileException();
            var name = SafeName(known.Name, file.Id);
            await using var finished = FinishedFile.Create(Path.Combine(target.Folder, name), target.Replaces);
            await Bar.Show(name, known.Size, progress => opening.ReadTo(finished.Stream, progress, ct));
            if (finished.Stream.Length != known.Size)
            {
                throw new DamagedFileException();
            }

            await finished.Finish();
            Console.WriteLine($"{Path.Combine(target.Folder, name)}: {known.Size:N0} bytes.");
        }

        return 0;

        DownloadStream Download(Guid fileId) => new(
            () =>
            {
                var request = session.Request(HttpMethod.Get, $"/api/v1/transfers/{id}/files/{fileId}/content");
                request.Headers.Authorization = token;
                return request;
            },
            session);
    }

    private static async Task<Metadata> ReadMetadata(DownloadStream download, Opener opener, CancellationToken ct)
    {
        await using var opening = await EncryptedFile.Open(download, opener, ct);
        var bytes = new byte[Metadata.MaxLength + 1];
        var length = await opening.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return Metadata.FromBytes(bytes.AsSpan(0, length));
    }

    /// <summary>A name that stays in its folder, whatever the sender wrote.</summary>
    private static string SafeName(string name, Guid id)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = string.Concat(last.Where(c => !char.IsControl(c) && !"<>:\"|?*".Contains(c, StringComparison.Ordinal))).Trim().TrimStart('.');
        return clean.Length is > 0 and <= 200 ? clean : id.ToString("N");
    }

    private static byte[] SaltOf(string text) => text.Length == 64 ? Convert.FromHexString(text) : Convert.FromBase64String(text);

    /// <param name="Folder">Where the files go.</param>
    /// <param name="Replaces">Whether those of the same names are replaced.</param>
    private sealed record Target(string Folder, bool Replaces);
}
