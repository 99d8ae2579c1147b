using ChatMonolith.Backups.Checking;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.FileFormat;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatMonolith.Backups.Restoring;

/// <param name="PointId">Which point; null where there is none.</param>
/// <param name="Problem">Null: it can be restored, as far as was looked.</param>
/// <param name="How">How far that was.</param>
/// <param name="Bytes">That it covered.</param>
internal sealed record DrillResult(Guid? PointId, string? Problem, string How, long Bytes);

/// <summary>
/// Rehearses a restore of the newest backup: with a key into a scratch folder (and a scratch database), where the copy goes through the
/// checks of a real one; without a key by the signed hashes of the ciphertext alone. It says which.
/// </summary>
internal sealed class DrillMaker(RestoreMaker restores, DataFolder folder, IConfiguration configuration, IOptions<BackupsOptions> options)
{
    private const string Scratch = "drill-scratch";

    public async Task<DrillResult> Run(IBackupStore store, SigningKey.Verifier signer, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var newest = await Catalogue.Each(store, signer, ct).FirstOrDefaultAsync(ct);
        if (newest is null)
        {
            return new DrillResult(null, "There is no backup to rehearse with.", "", 0);
        }

        if (newest.Body is not { } point)
        {
            return new DrillResult(newest.Id, newest.Problem, "", 0);
        }

        using var key = options.Value.DrillKey ? Audience.DrillKey(folder.Root, make: false) : null;
        if (key is null || !point.Keys.Contains(Convert.ToHexStringLower(key.Public.Id), StringComparer.Ordinal))
        {
            var hashes = await new PointCheck(store, progress).Run(point, key: null, ct);
            return new DrillResult(point.Id, hashes.IsWhole ? null : string.Join("; ", hashes.Problems.Take(5)), "Only the signed hashes of the ciphertext were compared: the server has no key that opens this backup (Backup:DrillKey). That it decrypts and restores was not tried.", hashes.Bytes);
        }

        return await Rehearse(store, point, key, progress, ct);
    }

    /// <summary>The same with a key from elsewhere, in a folder of the caller's.</summary>
    public async Task<DrillResult> Rehearse(IBackupStore store, PointBody point, PrivateKey key, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var scratch = folder.File(Scratch);
        Clear(scratch);
        await using var database = point.Database == Snapshot.Postgres ? await ScratchDatabase.Make(configuration.GetConnectionString("Default") ?? "", ct) : null;
        try
        {
            var manifest = await restores.Copy(scratch, store, point, key, database?.ConnectionString, progress, ct);
            return new DrillResult(
                point.Id,
                null,
                $"Restored into a scratch {(database is null ? "folder" : "database")} and checked: {manifest.Tables.Sum(t => t.Rows)} rows in {manifest.Tables.Count} tables, the logs of {manifest.Rooms.Count} rooms by their digests, {manifest.Blobs.Count} files by their hashes.",
                point.Bytes);
        }
        catch (BackupDamagedException e)
        {
            return new DrillResult(point.Id, e.Message, "", point.Bytes);
        }
        finally
        {
            Clear(scratch);
        }
    }

    private static void Clear(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>A database of its own on the same PostgreSQL, gone with the drill.</summary>
    private sealed class ScratchDatabase(NpgsqlConnectionStringBuilder admin, string name) : IAsyncDisposable
    {
        public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(admin.ToString()) { Database = name }.ToString();

        public static async Task<ScratchDatabase> Make(string connectionString, CancellationToken ct)
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
            var made = new ScratchDatabase(settings, $"{settings.Database}_drill");
            try
            {
                await made.Drop(ct);
                await made.Execute("CREATE DATABASE", "", ct);
                return made;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new BackupRefusedException("The drill needs a scratch database, and this user may not make one. As a superuser: ALTER ROLE … CREATEDB; or set Backup:DrillKey to false.", e);
            }
        }

        public async ValueTask DisposeAsync() => await Drop(CancellationToken.None);

        private Task Drop(CancellationToken ct) => Execute("DROP DATABASE IF EXISTS", " WITH (FORCE)", ct);

        private async Task Execute(string before, string after, CancellationToken ct)
        {
            await using var connection = new NpgsqlConnection(admin.ToString());
            await connection.OpenAsync(ct);
            await connection.Run($"{before} {DatabaseFacts.Quoted(name)}{after}", ct);
        }
    }
}
