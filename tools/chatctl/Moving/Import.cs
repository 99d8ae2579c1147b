using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Chatctl.Seeding;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>Reads an export into an empty server, and proves that nothing is missing: rows, hashes of the lines and files, and every room's digest.</summary>
internal static class Import
{
    private const long FileMax = 256 * 1024 * 1024;

    public static Command Command()
    {
        var data = new Option<string>("--data") { Description = "A new data folder. Database__Provider and ConnectionStrings__Default say which database; it must be empty.", Required = true, HelpName = "folder" };
        var from = new Option<string>("--from") { Description = "The folder that export has made.", Required = true, HelpName = "folder" };
        var command = new Command("import", "Reads what export wrote into an empty server on either database, and compares counts, hashes and the digest of every room's log.") { data, from };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(from), ct)));
        return command;
    }

    private static async Task<int> Run(string data, string from, CancellationToken ct)
    {
        var export = Read(from);
        await CheckFiles(from, export, ct);
        if (File.Exists(Path.Combine(data, "secret.key")))
        {
            throw new RefusedException($"{data} is a server's data folder already. Name a new one.");
        }

        Directory.CreateDirectory(data);
        await using var server = await OfflineServer.Compose(data, before: root => File.Copy(Path.Combine(from, "secret.key"), Path.Combine(root, "secret.key")), ct);
        var database = server.Services.GetRequiredService<Database>();
        var shapes = TableShape.All(server.Services.GetServices<IModuleDatabase>());
        await RefuseContent(database, export, shapes, ct);
        var clock = Stopwatch.StartNew();
        await using (var bulk = await BulkTables.Open(database, ct))
        {
            foreach (var shape in shapes)
            {
                var reader = new RowReader(database, shape, Path.Combine(from, "tables", shape.Name + ".jsonl"));
                await bulk.Write(shape.Name, string.Join(", ", shape.Columns.Select(c => DatabaseFacts.Quoted(c.Name))), reader.Rows(), ct);
            }

            await bulk.Commit(ct);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        await CopyBlobs(from, export, server.Services.GetRequiredService<IStoredBytes>(), ct);
        await Prove(server.Services, database, export, ct);
        var messages = export.Tables.Single(t => t.Name == "msg_messages").Rows;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"imported: {export.Tables.Sum(t => t.Rows)} rows, {messages} messages, {export.Rooms.Count} rooms whose digests are the export's, {export.Blobs.Count} files, {seconds:0.0} s, {messages / Math.Max(0.001, seconds):0} messages/s"));
        return 0;
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

    private static async Task RefuseContent(Database database, ExportFile export, IReadOnlyList<TableShape> shapes, CancellationToken ct)
    {
        await using var connection = await database.OpenWriter(ct);
        if (!(await DatabaseFacts.Migrations(connection, ct)).ToHashSet(StringComparer.Ordinal).SetEquals(export.Schema))
        {
            throw new RefusedException("The export was made by another version of the server. Use the same version for both.");
        }

        if (!shapes.Select(s => s.Name).ToHashSet(StringComparer.Ordinal).SetEquals(export.Tables.Select(t => t.Name)))
        {
            throw new RefusedException("The export has other tables than this version.");
        }

        foreach (var shape in shapes.Where(s => s.Name is not ("auth_installation" or "msg_meta")))
        {
            if (await DatabaseFacts.Rows(connection, shape.Name, ct) > 0)
            {
                throw new RefusedException($"The database is not empty ({shape.Name}). Import into a new one.");
            }
        }

        await connection.Run("DELETE FROM auth_installation", ct);
        await connection.Run("DELETE FROM msg_meta", ct);
    }

    private static async Task CopyBlobs(string from, ExportFile export, IStoredBytes bytes, CancellationToken ct)
    {
        foreach (var blob in export.Blobs)
        {
            await using var source = File.OpenRead(Path.Combine(from, "blobs", blob.Id.ToString("N")));
            await bytes.Write(blob.Id, source, ct);
        }
    }

    private static async Task Prove(IServiceProvider services, Database database, ExportFile export, CancellationToken ct)
    {
        await using var connection = await database.OpenWriter(ct);
        foreach (var table in export.Tables)
        {
            if (await DatabaseFacts.Rows(connection, table.Name, ct) is var rows && rows != table.Rows)
            {
                throw new RefusedException($"{table.Name} has {rows} rows in place of {table.Rows}. The import failed; remove the new folder and database.");
            }
        }

        var expected = export.Rooms.ToDictionary(r => r.RoomId);
        await foreach (var log in services.GetRequiredService<ILogCheck>().Logs(connection, ct))
        {
            if (log.Problem is not null || !expected.Remove(log.RoomId, out var room) || (room.Seq, room.Digest) != (log.Seq, log.Digest))
            {
                throw new RefusedException($"The log of room {log.RoomId} does not have the digest that was exported. The import failed; remove the new folder and database.");
            }
        }

        if (expected.Count > 0)
        {
            throw new RefusedException($"{expected.Count} rooms' logs are missing. The import failed; remove the new folder and database.");
        }

        foreach (var part in services.GetServices<IRestoredData>())
        {
            await part.Settle(connection, TimeProvider.System.Now(), ct);
        }
    }
}
