using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>Writes everything a server knows into a folder, in a form that any program reads.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "Names come from the server's own model.")]
internal static class Export
{
    public static Command Command()
    {
        var data = DataOption.Create();
        var output = new Option<string>("--output", "-o") { Description = "A folder that is made, and must not be there. It holds everything in clear: all texts, password hashes, secret.key.", Required = true, HelpName = "folder" };
        var command = new Command("export", "Writes everything of a stopped server into a folder, as JSON lines and files (docs/export-format.md). import reads it into an empty server on either database.") { data, output };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), ct)));
        return command;
    }

    private static async Task<int> Run(string data, string output, CancellationToken ct)
    {
        if (Path.Exists(output))
        {
            throw new RefusedException($"{output} is there already. Name a new folder.");
        }

        await using var server = await OfflineServer.Open(data, mayBeNew: false, ct);
        var clock = Stopwatch.StartNew();
        var file = await Write(server, output, withBytes: true, ct);
        var messages = file.Tables.Single(t => t.Name == "msg_messages").Rows;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exported: {file.Tables.Sum(t => t.Rows)} rows, {messages} messages, {file.Rooms.Count} rooms, {file.Blobs.Count} files, {clock.Elapsed.TotalSeconds:0.0} s, {messages / Math.Max(0.001, clock.Elapsed.TotalSeconds):0} messages/s"));
        return 0;
    }

    /// <param name="server">The one that is stopped.</param>
    /// <param name="output">The folder that is made.</param>
    /// <param name="withBytes">False: the files' hashes are taken, and their bytes stay where they are.</param>
    /// <param name="ct">Cancels, and leaves what was written so far.</param>
    public static async Task<ExportFile> Write(OfflineServer server, string output, bool withBytes, CancellationToken ct)
    {
        // Its writer empties the tail.
        await server.OpenLog(ct);
        await server.CloseLog();
        var shapes = TableShape.All(server.Services.GetServices<IModuleDatabase>());
        Directory.CreateDirectory(Path.Combine(output, "tables"));
        var database = server.Services.GetRequiredService<Database>();
        await using var connection = await database.Open(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, ct);
        var tables = new List<ExportedTable>();
        foreach (var shape in shapes)
        {
            tables.Add(await Write(connection, shape, output, ct));
        }

        var rooms = new List<ExportedRoom>();
        await foreach (var log in server.Services.GetRequiredService<ILogCheck>().Logs(connection, ct))
        {
            rooms.Add(log.Problem is null ? new ExportedRoom(log.RoomId, log.Seq, log.Digest) : throw new RefusedException($"The log of room {log.RoomId} is damaged: {log.Problem}. Restore a backup first."));
        }

        var (blobs, missing) = await CopyBlobs(connection, server.Services.GetRequiredService<IStoredBytes>(), withBytes ? Directory.CreateDirectory(Path.Combine(output, "blobs")).FullName : null, ct);
        File.Copy(server.Services.GetRequiredService<DataFolder>().File(ServerKeys.FileName), Path.Combine(output, ServerKeys.FileName));
        var file = new ExportFile
        {
            CreatedAt = Clock.Format(TimeProvider.System.Now()),
            Database = database.Provider.ToString(),
            Schema = await DatabaseFacts.Migrations(connection, ct),
            Tables = tables,
            Rooms = rooms,
            Blobs = blobs,
            Missing = missing,
        };
        await File.WriteAllBytesAsync(Path.Combine(output, ExportFile.Name), JsonSerializer.SerializeToUtf8Bytes(file, JsonSerializerOptions.Web), ct);
        return file;
    }

    private static async Task<ExportedTable> Write(DbConnection connection, TableShape shape, string output, CancellationToken ct)
    {
        using var file = new TableFile(output, shape.Name);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", shape.Columns.Select(c => DatabaseFacts.Quoted(c.Name)))} FROM {shape.Name}";
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var json = file.Begin();
            for (var i = 0; i < shape.Columns.Count; i++)
            {
                Write(json, reader, i, shape.Columns[i]);
            }

            file.End();
        }

        return file.Finish();
    }

    private static void Write(Utf8JsonWriter json, DbDataReader reader, int i, ColumnShape column)
    {
        if (reader.IsDBNull(i))
        {
            json.WriteNull(column.Name);
            return;
        }

        switch (column.Kind)
        {
            case ColumnKind.Id:
                json.WriteString(column.Name, Database.ReadId(reader, i));
                break;
            case ColumnKind.Bytes:
                json.WriteBase64String(column.Name, reader.GetFieldValue<byte[]>(i));
                break;
            case ColumnKind.Flag:
                json.WriteBoolean(column.Name, reader is SqliteDataReader ? reader.GetInt64(i) != 0 : reader.GetBoolean(i));
                break;
            case ColumnKind.Real:
                json.WriteNumber(column.Name, reader.GetDouble(i) is var real && double.IsFinite(real) ? real : throw new RefusedException($"A value of {column.Name} is no finite number; an export has no form for it."));
                break;
            case ColumnKind.Number:
                json.WriteNumber(column.Name, column.IsShort ? reader.GetInt32(i) : reader.GetInt64(i));
                break;
            default:
                json.WriteString(column.Name, reader.GetString(i));
                break;
        }
    }

    private static async Task<(List<ExportedBlob> Blobs, List<Guid> Missing)> CopyBlobs(DbConnection connection, IStoredBytes bytes, string? folder, CancellationToken ct)
    {
        var blobs = new List<ExportedBlob>();
        var missing = new List<Guid>();
        await foreach (var blob in bytes.Needed(connection, ct))
        {
            await using var source = await bytes.Read(blob.Id, ct);
            if (source is null)
            {
                missing.Add(blob.Id);
                continue;
            }

            await using Stream target = folder is null ? Stream.Null : new FileStream(Path.Combine(folder, blob.Id.ToString("N")), FileMode.CreateNew, FileAccess.Write);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var size = 0L;
            await using (var hashed = new HashedStream(source, hash))
            {
                size = await Copy(hashed, target, ct);
            }

            blobs.Add(new ExportedBlob(blob.Id, size, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }

        return (blobs, missing);
    }

    private static async Task<long> Copy(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[128 * 1024];
        var size = 0L;
        while (await from.ReadAsync(buffer, ct) is > 0 and var count)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), ct);
            size += count;
        }

        return size;
    }
}
