using System.Security.Cryptography;
using ChatMonolith.Backups.Creating;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Chatctl.Seeding;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Moving;

/// <param name="Folder">With the tables of an export.</param>
/// <param name="Export">What it says of itself.</param>
/// <param name="Open">The bytes of one of its files.</param>
internal sealed record ImportSource(string Folder, ExportFile Export, Func<ExportedBlob, CancellationToken, Task<Stream>> Open);

/// <summary>
/// The one way from an export into an empty server. The bytes of files come first, under names that no row knows yet; then all rows,
/// the proof that they are the export's, and what a restored server has to forget, in one transaction. Whatever ends it before its
/// commit leaves an empty server, into which the same import can be begun again.
/// </summary>
internal static class Importer
{
    /// <summary>What the server writes by itself before anybody registers.</summary>
    private static readonly string[] OfAnEmptyServer = ["auth_installation", "msg_meta"];

    public static async Task Take(OfflineServer server, ImportSource source, IProgress<BackupProgress> progress, CancellationToken ct)
    {
        var database = server.Services.GetRequiredService<Database>();
        var shapes = TableShape.All(server.Services.GetServices<IModuleDatabase>());
        await RefuseOther(database, source.Export, shapes, ct);
        await RefuseContent(database, shapes, ct);
        await CopyBlobs(source, server.Services.GetRequiredService<IStoredBytes>(), progress, ct);
        await using var bulk = await BulkTables.Open(database, ct);
        foreach (var table in OfAnEmptyServer)
        {
            await bulk.Connection.Run(table == "msg_meta" ? "DELETE FROM msg_meta" : "DELETE FROM auth_installation", ct);
        }

        var (total, done) = (source.Export.Tables.Sum(t => t.Rows), 0L);
        foreach (var shape in shapes)
        {
            var reader = new RowReader(shape, Path.Combine(source.Folder, "tables", shape.Name + ".jsonl"));
            await bulk.Write(shape.Name, string.Join(", ", shape.Columns.Select(c => DatabaseFacts.Quoted(c.Name))), Counted(reader.Rows()), ct);
        }

        await Prove(server.Services, bulk, source.Export, ct);
        foreach (var part in server.Services.GetServices<IRestoredData>())
        {
            await part.Settle(bulk.Connection, TimeProvider.System.Now(), ct);
        }

        await bulk.Commit(ct);

        IEnumerable<object?[]> Counted(IEnumerable<object?[]> rows)
        {
            foreach (var row in rows)
            {
                done++;
                progress.Report(new BackupProgress("writing", done, total));
                yield return row;
            }
        }
    }

    /// <summary>Whether anything was ever written into this server.</summary>
    public static async Task RefuseContent(Database database, IReadOnlyList<TableShape> shapes, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        foreach (var shape in shapes.Where(s => !OfAnEmptyServer.Contains(s.Name, StringComparer.Ordinal)))
        {
            if (await DatabaseFacts.Rows(connection, shape.Name, ct) > 0)
            {
                throw new RefusedException($"The database is not empty ({shape.Name}). Import into a new one.");
            }
        }
    }

    private static async Task RefuseOther(Database database, ExportFile export, IReadOnlyList<TableShape> shapes, CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        if (!(await DatabaseFacts.Migrations(connection, ct)).ToHashSet(StringComparer.Ordinal).SetEquals(export.Schema))
        {
            throw new RefusedException("The export was made by another version of the server. Use the same version for both.");
        }

        if (!shapes.Select(s => s.Name).ToHashSet(StringComparer.Ordinal).SetEquals(export.Tables.Select(t => t.Name)))
        {
            throw new RefusedException("The export has other tables than this version.");
        }
    }

    private static async Task CopyBlobs(ImportSource source, IStoredBytes bytes, IProgress<BackupProgress> progress, CancellationToken ct)
    {
        var (total, done) = (source.Export.Blobs.Sum(b => b.Size), 0L);
        foreach (var blob in source.Export.Blobs)
        {
            await using var from = await source.Open(blob, ct);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var hashed = new HashedStream(from, hash))
            {
                await bytes.Write(blob.Id, hashed, ct);
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != blob.Sha256)
            {
                throw new RefusedException($"The file {blob.Id:N} changed while it was read. Nothing was imported.");
            }

            done += blob.Size;
            progress.Report(new BackupProgress("files", done, total));
        }
    }

    private static async Task Prove(IServiceProvider services, BulkTables bulk, ExportFile export, CancellationToken ct)
    {
        foreach (var table in export.Tables)
        {
            if (await DatabaseFacts.Rows(bulk.Connection, table.Name, ct) is var rows && rows != table.Rows)
            {
                throw new RefusedException($"{table.Name} has {rows} rows in place of {table.Rows}. Nothing was imported.");
            }
        }

        var expected = export.Rooms.ToDictionary(r => r.RoomId);
        await foreach (var log in services.GetRequiredService<ILogCheck>().Logs(bulk.Connection, ct))
        {
            if (log.Problem is not null || !expected.Remove(log.RoomId, out var room) || (room.Seq, room.Digest) != (log.Seq, log.Digest))
            {
                throw new RefusedException($"The log of room {log.RoomId} does not have the digest that was exported. Nothing was imported.");
            }
        }

        if (expected.Count > 0)
        {
            throw new RefusedException($"{expected.Count} rooms' logs are missing. Nothing was imported.");
        }
    }
}
