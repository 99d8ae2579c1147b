using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Chatctl.Backups;
using ChatMonolith.Chatctl.Importing;
using ChatMonolith.Chatctl.Importing.Sources;
using ChatMonolith.Chatctl.Offline;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>Reads an export into an empty server, and proves that nothing is missing: rows, hashes of the lines and files, and every room's digest.</summary>
internal static class Import
{
    private const long FileMax = 256 * 1024 * 1024;
    private const string SecretFile = ServerKeys.FileName;

    public static Command Command()
    {
        var data = new Option<string>("--data") { Description = "A new data folder. Database__Provider and ConnectionStrings__Default say which database; it must be empty.", Required = true, HelpName = "folder" };
        var from = new Option<string>("--from") { Description = "The folder that export has made.", Required = true, HelpName = "folder" };
        var command = new Command("import", "Reads what export wrote into an empty server on either database, and compares counts, hashes and the digest of every room's log. The commands below it read exports of other products.")
        {
            data, from, ForeignImport.Command("mattermost", "a Mattermost bulk export", static () => new MattermostExport()), ForeignImport.Command("slack", "a Slack export", static () => new SlackExport()),
        };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(from), ct)));
        return command;
    }

    private static async Task<int> Run(string data, string from, CancellationToken ct)
    {
        var export = Read(from);
        await CheckFiles(from, export, ct);
        Directory.CreateDirectory(data);
        await using var server = await OfflineServer.Compose(data, before: root => TakeSecret(from, data, root), ct);
        var source = new ImportSource(from, export, (blob, _) => Task.FromResult<Stream>(File.OpenRead(Path.Combine(from, "blobs", blob.Id.ToString("N")))));
        await Take(server, source, ct);
        return 0;
    }

    /// <summary>Reads it all in, and says what came.</summary>
    public static async Task Take(OfflineServer server, ImportSource source, CancellationToken ct)
    {
        var export = source.Export;
        var clock = Stopwatch.StartNew();
        using (var progress = new ProgressLine())
        {
            await Importer.Take(server, source, progress, ct);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var messages = export.Tables.Single(t => t.Name == "msg_messages").Rows;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"imported: {export.Tables.Sum(t => t.Rows)} rows, {messages} messages, {export.Rooms.Count} rooms whose digests are the export's, {export.Blobs.Count} files, {seconds:0.0} s, {messages / Math.Max(0.001, seconds):0} messages/s"));
    }

    /// <summary>A folder that holds the export's own secret is that of an import which was interrupted: it goes on from the beginning.</summary>
    public static void TakeSecret(string from, string data, string root)
    {
        var (there, wanted) = (Path.Combine(root, SecretFile), File.ReadAllBytes(Path.Combine(from, SecretFile)));
        if (!File.Exists(there))
        {
            File.WriteAllBytes(there, wanted);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(there, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        else if (!File.ReadAllBytes(there).AsSpan().SequenceEqual(wanted))
        {
            throw new RefusedException($"{data} is a server's data folder already. Name a new one.");
        }
    }

    private static ExportFile Read(string from)
    {
        var path = Path.Combine(from, ExportFile.Name);
        try
        {
            var file = new FileInfo(path);
            var export = file is { Exists: true, Length: < FileMax } ? JsonSerializer.Deserialize<ExportFile>(File.ReadAllBytes(path), JsonSerializerOptions.Web) : throw new RefusedException($"{from} is no export, or one that did not end: {ExportFile.Name} is missing.");
            return export is { Format: ExportFile.CurrentFormat, Tables: not null, Rooms: not null, Blobs: not null, Schema: not null } ? export : throw new RefusedException("The export was made by a newer version.");
        }
        catch (JsonException)
        {
            throw new RefusedException($"{path} cannot be read.");
        }
    }

    /// <summary>Everything is compared before anything is made.</summary>
    private static async Task CheckFiles(string from, ExportFile export, CancellationToken ct)
    {
        foreach (var (path, hash) in export.Tables.Select(t => (Path.Combine(from, "tables", Plain(t.Name) + ".jsonl"), t.Sha256)).Concat(export.Blobs.Select(b => (Path.Combine(from, "blobs", b.Id.ToString("N")), b.Sha256))))
        {
            if (!File.Exists(path) || new FileInfo(path).LinkTarget is not null)
            {
                throw new RefusedException($"{path} is missing.");
            }

            await using var file = File.OpenRead(path);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct)) != hash)
            {
                throw new RefusedException($"{path} is not what was exported.");
            }
        }
    }

    private static string Plain(string name) => name.Length is > 0 and < 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : throw new RefusedException("The export names a table that no server has.");
}
