using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Backups.Creating;

/// <summary>
/// Makes a point: the database as it is at one instant, then the blobs it refers to, which are held against removal meanwhile. Objects
/// first, then the manifest, and the signed point last: a backup that is killed has published nothing, and older ones are not touched.
/// </summary>
internal sealed class BackupMaker(Database database, DataFolder folder, IConfiguration configuration, IStoredBytes bytes, ILogCheck logs, ServerKeys keys, IOptions<BackupsOptions> options, TimeProvider time)
{
    private const string Scratch = "backup-scratch";
    private static readonly string[] SecretFiles = ["secret.key", SigningKey.FileName];

    /// <param name="store">Where it goes.</param>
    /// <param name="reason">Why it is made.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="ct">Cancels; nothing is published then.</param>
    public async Task<PointBody> Make(IBackupStore store, string reason, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        (store as FolderStore)?.Tidy(time.GetUtcNow() - StoreNames.Young);
        using var signing = SigningKey.Own(folder.Root);
        var audience = await Audience.Of(options.Value, store, folder.Root, ct).ConfigureAwait(false);
        var codec = new ChunkCodec(audience, keys.Derive("backup/names"));
        var known = await Catalogue.Objects(store, signing.Public, ct).ConfigureAwait(false);
        using var hold = await bytes.Hold(ct).ConfigureAwait(false);
        var createdAt = time.Now();
        var id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(createdAt));
        await using var snapshot = await Take(progress, ct).ConfigureAwait(false);
        var writer = new ObjectWriter(store, codec, known);
        var manifest = await Write(snapshot, writer, id, createdAt, progress, ct).ConfigureAwait(false);

        progress?.Report(new BackupProgress("publish", 0, 0));
        var sealedManifest = await codec.SealWhole(JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web), ct).ConfigureAwait(false);
        await store.Write(StoreNames.OfManifest(id), sealedManifest, ct).ConfigureAwait(false);
        var wrappedKey = options.Value.PassphraseFile.Length == 0 ? null : await store.ReadWhole(StoreNames.PassphraseKey, 16 * 1024, ct).ConfigureAwait(false);
        var body = new PointBody
        {
            Id = id,
            CreatedAt = createdAt,
            Database = snapshot.Kind,
            Reason = reason,
            Bytes = manifest.Dump.Size + manifest.Blobs.Sum(b => b.Content.Size),
            Files = manifest.Blobs.Count,
            Keys = [.. audience.Select(k => Convert.ToHexStringLower(k.Id))],
            Manifest = ObjectWriter.Fact(id.ToString("N"), sealedManifest),
            Objects = [.. writer.Used.OrderBy(o => o.Name, StringComparer.Ordinal)],
            PassphraseKey = wrappedKey is null ? null : ObjectWriter.Fact("passphrase", wrappedKey),
        };
        await store.Write(StoreNames.OfPoint(id), PointFile.Write(body, signing), ct).ConfigureAwait(false);
        return body;
    }

    private async Task<Snapshot> Take(IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        if (!database.IsSqlite)
        {
            return await PostgresSnapshot.Take(configuration.GetConnectionString("Default") ?? "", options.Value.PostgresTools, ct).ConfigureAwait(false);
        }

        var size = new[] { database.SqlitePath, database.SqlitePath + "-wal" }.Select(p => new FileInfo(p)).Where(f => f.Exists).Sum(f => f.Length);
        DiskRoom.Require(folder.Root, size, "The copy of the database that a backup is made of");
        return await SqliteSnapshot.Take(
            database,
            folder.File(Scratch),
            async (done, all) =>
            {
                progress?.Report(new BackupProgress("snapshot", done, all));

                // Lets everybody else's writes to the disk go first.
                await Task.Yield();
            },
            ct).ConfigureAwait(false);
    }

    private async Task<Manifest> Write(Snapshot snapshot, ObjectWriter writer, Guid id, long createdAt, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var tables = new List<TableFact>();
        foreach (var table in await DatabaseFacts.Tables(snapshot.Connection, ct).ConfigureAwait(false))
        {
            tables.Add(new TableFact(table, await DatabaseFacts.Rows(snapshot.Connection, table, ct).ConfigureAwait(false)));
        }

        // Before a migration the database may be one from before there was what is asked for.
        var rooms = new List<RoomFact>();
        await foreach (var log in Has(tables, "msg_trims") ? logs.Logs(snapshot.Connection, ct).ConfigureAwait(false) : Nothing<CheckedLog>().ConfigureAwait(false))
        {
            rooms.Add(log.Problem is null
                ? new RoomFact(log.RoomId, log.Seq, log.Digest)
                : throw new BackupRefusedException($"The log of room {log.RoomId} is damaged ({log.Problem}): this database is no good copy of itself. Restore an earlier backup."));
        }

        var needed = new List<StoredBlob>();
        await foreach (var blob in Has(tables, "files_versions") ? bytes.Needed(snapshot.Connection, ct).ConfigureAwait(false) : Nothing<StoredBlob>().ConfigureAwait(false))
        {
            needed.Add(blob);
        }

        var schema = await DatabaseFacts.Migrations(snapshot.Connection, ct).ConfigureAwait(false);
        var epoch = Has(tables, "msg_meta") ? await logs.Epoch(snapshot.Connection, ct).ConfigureAwait(false) : null;
        if (snapshot.Connection is SqliteConnection)
        {
            await CheckCopy(snapshot.Connection, ct).ConfigureAwait(false);
        }

        var total = (snapshot.Kind == Snapshot.Sqlite ? snapshot.Dump.Length : 0) + needed.Sum(b => b.Size ?? 0);
        var dump = await PutDump(snapshot, writer, total, progress, ct).ConfigureAwait(false);
        var (blobs, missing) = await PutBlobs(needed, writer, dump.Size, total, progress, ct).ConfigureAwait(false);
        return new Manifest
        {
            Id = id,
            CreatedAt = createdAt,
            ServerVersion = Product.Version,
            Database = snapshot.Kind,
            Epoch = epoch,
            Schema = schema,
            Tables = tables,
            Rooms = rooms,
            Dump = dump,
            Blobs = blobs,
            Missing = missing,
            Secrets = [.. SecretFiles.Select(n => (Name: n, Path: folder.File(n))).Where(s => File.Exists(s.Path)).Select(s => new SecretFact(s.Name, Convert.ToBase64String(File.ReadAllBytes(s.Path))))],
        };
    }

    private static bool Has(List<TableFact> tables, string name) => tables.Exists(t => t.Name == name);

    private static async IAsyncEnumerable<T> Nothing<T>()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield break;
    }

    /// <summary>A damaged database makes a damaged backup, and older good ones would be thrown away for it.</summary>
    private static async Task CheckCopy(System.Data.Common.DbConnection connection, CancellationToken ct)
    {
        var problems = await DatabaseFacts.Texts(connection, "PRAGMA quick_check(1)", ct).ConfigureAwait(false);
        if (problems is not ["ok"])
        {
            throw new BackupRefusedException($"The database is damaged ({problems.FirstOrDefault()}): no backup is made of it. Restore an earlier one.");
        }
    }

    private async Task<Content> PutDump(Snapshot snapshot, ObjectWriter writer, long total, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var chunker = new Chunker(snapshot.Dump, keys.Derive("backup/cuts"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunks = new List<Chunk>();
        var size = 0L;
        ReadOnlyMemory<byte> plain;
        while ((plain = await chunker.Next(ct).ConfigureAwait(false)).Length > 0)
        {
            hash.AppendData(plain.Span);
            size += plain.Length;
            chunks.Add(await writer.Put(plain, ct).ConfigureAwait(false));
            progress?.Report(new BackupProgress("database", size, total));
        }

        await snapshot.Finish(ct).ConfigureAwait(false);
        return new Content(size, Convert.ToHexStringLower(hash.GetHashAndReset()), chunks);
    }

    private async Task<(List<BlobFact> Blobs, List<Guid> Missing)> PutBlobs(List<StoredBlob> needed, ObjectWriter writer, long before, long total, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var blobs = new List<BlobFact>(needed.Count);
        var missing = new List<Guid>();
        var buffer = new byte[ChunkCodec.MostBytes];
        foreach (var blob in needed)
        {
            await using var stream = await bytes.Read(blob.Id, ct).ConfigureAwait(false);
            if (stream is null)
            {
                missing.Add(blob.Id);
                continue;
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunks = new List<Chunk>();
            var size = 0L;
            int read;
            while ((read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                size += read;
                chunks.Add(await writer.Put(buffer.AsMemory(0, read), ct).ConfigureAwait(false));
                progress?.Report(new BackupProgress("files", before + size, total));
            }

            before += size;
            var found = hash.GetHashAndReset();
            if (blob.Sha256 is { } expected && !expected.AsSpan().SequenceEqual(found))
            {
                throw new BackupRefusedException($"The bytes of the blob {blob.Id:N} are damaged: they are not those that were uploaded. Restore that file from an earlier backup, or delete it.");
            }

            blobs.Add(new BlobFact(blob.Id, new Content(size, Convert.ToHexStringLower(found), chunks)));
        }

        return (blobs, missing);
    }
}
