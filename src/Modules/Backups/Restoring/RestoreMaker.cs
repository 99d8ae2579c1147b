using System.Globalization;
using System.Security.Cryptography;
using ChatMonolith.Backups.Checking;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.Contracts.Files;
using ChatMonolith.FileFormat;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatMonolith.Backups.Restoring;

/// <param name="Manifest">What was restored.</param>
/// <param name="Replaced">Where the earlier content of the data folder lies; null where there was none.</param>
internal sealed record RestoreResult(Manifest Manifest, string? Replaced);

/// <summary>
/// Restores a point: everything is fetched, decrypted, checked and made ready beside what is live; only then is it swapped in. Whatever is
/// wrong before leaves the live data as it is, to the byte.
/// </summary>
internal sealed class RestoreMaker(IStoredBytes bytes, CopyCheck check, IEnumerable<IRestoredData> parts, IOptions<BackupsOptions> options, TimeProvider time)
{
    private const string DatabaseFile = "chat.db";

    /// <param name="root">The data folder; the caller holds its lock.</param>
    /// <param name="store">Where the point lies.</param>
    /// <param name="point">Its signed part.</param>
    /// <param name="key">Opens it.</param>
    /// <param name="connectionString">PostgreSQL only: an empty database.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="ct">Cancels before the swap.</param>
    public async Task<RestoreResult> Restore(string root, IBackupStore store, PointBody point, PrivateKey key, string? connectionString, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var fresh = Path.Combine(root, RestoreSwap.NewFolder);
        Clear(fresh);
        try
        {
            var manifest = await Copy(fresh, store, point, key, connectionString, progress, ct).ConfigureAwait(false);
            var hadContent = Path.Exists(Path.Combine(root, DatabaseFile)) || Path.Exists(Path.Combine(root, "secret.key"));
            if (bytes.In(fresh) is null)
            {
                // The store of files is elsewhere and others may live on it: what is there, byte for byte, stays.
                await PutMissingOrDamaged(store, manifest, key, ct).ConfigureAwait(false);
            }

            var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
            RestoreSwap.Begin(root, id);
            return new RestoreResult(manifest, hadContent ? Path.Combine(root, RestoreSwap.OldFolder(id)) : null);
        }
        catch
        {
            if (!File.Exists(Path.Combine(root, RestoreSwap.MarkerFile)))
            {
                Clear(fresh);
            }

            throw;
        }
    }

    /// <summary>A whole copy in <paramref name="folder"/>, checked, its one-time secrets void; nothing outside of it is touched but an empty PostgreSQL database.</summary>
    public async Task<Manifest> Copy(string folder, IBackupStore store, PointBody point, PrivateKey key, string? connectionString, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var sealedManifest = await store.ReadWhole(StoreNames.OfManifest(point.Id), point.Manifest.Size, ct).ConfigureAwait(false) ?? throw new BackupDamagedException("the manifest is missing");
        if (ObjectWriter.Fact(point.Manifest.Name, sealedManifest) != point.Manifest)
        {
            throw new BackupDamagedException("the manifest is damaged");
        }

        var manifest = await PointCheck.Open(sealedManifest, point, key, ct).ConfigureAwait(false);
        WholeFile.CreateFolder(folder);
        DiskRoom.Require(
            folder, (manifest.Database == Snapshot.Sqlite ? manifest.Dump.Size : 0) + (bytes.In(folder) is null ? 0 : manifest.Blobs.Sum(b => b.Content.Size)), "The copy that this backup is restored into");
        foreach (var secret in manifest.Secrets)
        {
            WholeFile.Write(Path.Combine(folder, secret.Name), Convert.FromBase64String(secret.Base64));
        }

        await CopyBlobs(folder, store, manifest, key, progress, ct).ConfigureAwait(false);
        if (manifest.Database == Snapshot.Sqlite)
        {
            await CopySqlite(Path.Combine(folder, DatabaseFile), store, manifest, key, ct).ConfigureAwait(false);
        }
        else
        {
            await CopyPostgres(connectionString, store, manifest, key, ct).ConfigureAwait(false);
        }

        FolderSync.Flush(folder);
        return manifest;
    }

    private async Task CopyBlobs(string folder, IBackupStore store, Manifest manifest, PrivateKey key, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var target = bytes.In(folder);
        var (done, total) = (0L, manifest.Dump.Size + manifest.Blobs.Sum(b => b.Content.Size));
        foreach (var blob in manifest.Blobs)
        {
            await using var content = new ContentStream(store, blob.Content, key);
            if (target is null)
            {
                // Read to the end, and so checked, before anything is written anywhere.
                await content.CopyToAsync(Stream.Null, ct).ConfigureAwait(false);
            }
            else
            {
                await target.Write(blob.Id, content, ct).ConfigureAwait(false);
            }

            done += blob.Content.Size;
            progress?.Report(new BackupProgress("restore", done, total));
        }
    }

    private async Task PutMissingOrDamaged(IBackupStore store, Manifest manifest, PrivateKey key, CancellationToken ct)
    {
        foreach (var blob in manifest.Blobs)
        {
            if (!await IsWhole(blob, ct).ConfigureAwait(false))
            {
                await using var content = new ContentStream(store, blob.Content, key);
                await bytes.Write(blob.Id, content, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A medium that lost bytes has kept the length.</summary>
    private async Task<bool> IsWhole(BlobFact blob, CancellationToken ct)
    {
        if (await bytes.Length(blob.Id, ct).ConfigureAwait(false) != blob.Content.Size)
        {
            return false;
        }

        await using var there = await bytes.Read(blob.Id, ct).ConfigureAwait(false);
        return there is not null && Convert.ToHexStringLower(await SHA256.HashDataAsync(there, ct).ConfigureAwait(false)) == blob.Content.Sha256;
    }

    private async Task CopySqlite(string path, IBackupStore store, Manifest manifest, PrivateKey key, CancellationToken ct)
    {
        await using (var file = new FileStream(path, WholeFile.Options(FileMode.CreateNew)))
        await using (var content = new ContentStream(store, manifest.Dump, key))
        {
            await content.CopyToAsync(file, 1024 * 1024, ct).ConfigureAwait(false);
        }

        SqliteNative.Initialize();
        await using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            await connection.OpenAsync(ct).ConfigureAwait(false);
            await Settle(connection, manifest, ct).ConfigureAwait(false);
        }

        using var whole = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        whole.Flush(flushToDisk: true);
    }

    private async Task CopyPostgres(string? connectionString, IBackupStore store, Manifest manifest, PrivateKey key, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(string.IsNullOrWhiteSpace(connectionString) ? throw new BackupRefusedException("This is a backup of PostgreSQL: set ConnectionStrings__Default to a new, empty database.") : connectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ToString());
        await connection.OpenAsync(ct).ConfigureAwait(false);
        if ((await DatabaseFacts.Texts(connection, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", ct).ConfigureAwait(false)).Count > 0)
        {
            throw new BackupRefusedException($"The database {settings.Database} is not empty. Make a new one for the restore (createdb), and name it in ConnectionStrings__Default.");
        }

        using var process = PostgresTools.Start(options.Value.PostgresTools, "pg_restore", settings, ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--dbname=" + settings.Database], readsInput: true);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(ct);
            _ = process.StandardOutput.ReadToEndAsync(ct);
            await using (var content = new ContentStream(store, manifest.Dump, key))
            {
                try
                {
                    await content.CopyToAsync(process.StandardInput.BaseStream, ct).ConfigureAwait(false);
                    process.StandardInput.Close();
                }
                catch (IOException)
                {
                    // It has ended already; why, it says itself.
                }
            }

            await PostgresTools.Succeeded(process, "pg_restore", errors, ct).ConfigureAwait(false);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        await Settle(connection, manifest, ct).ConfigureAwait(false);
    }

    private async Task Settle(System.Data.Common.DbConnection connection, Manifest manifest, CancellationToken ct)
    {
        var problems = await check.Run(connection, manifest, ct).ConfigureAwait(false);
        if (problems.Count > 0)
        {
            throw new BackupDamagedException(string.Join("; ", problems));
        }

        // An older database's tables are not those that today's statements name; its migration comes with the first start.
        if (manifest.Tables.Any(t => t.Name == "auth_totp"))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct).ConfigureAwait(false);
            foreach (var part in parts)
            {
                await part.Settle(connection, time.Now(), ct).ConfigureAwait(false);
            }

            await transaction.CommitAsync(ct).ConfigureAwait(false);
        }
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
