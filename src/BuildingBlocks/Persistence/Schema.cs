using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Brings every module's tables to this version at the start, before anything is served.</summary>
public sealed class Schema(IEnumerable<IModuleDatabase> databases, Database database, ILogger<Schema> logger)
{
    /// <exception cref="StartRefusedException">The database was made by a newer version of the server.</exception>
    public async Task Migrate(CancellationToken ct)
    {
        if (database.IsSqlite)
        {
            var version = SqliteNative.CheckedVersion();
            logger.LogInformation("SQLite {Version}", version);
            if (version < SqliteNative.Advised)
            {
                logger.LogInformation("SQLite {Version} is below {Advised}, where a rare race of checkpoints and writers was fixed; the write gate keeps the two apart", version, SqliteNative.Advised);
            }

            // The journal mode is a property of the file: set once here, before any other connection.
            await using var connection = await database.OpenWriter(ct).ConfigureAwait(false);

            // EF guards a migration with a row that a killed start leaves behind, and the next start would wait for it for ever. The
            // data folder's own lock has made sure that nobody else is migrating.
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE IF EXISTS \"__EFMigrationsLock\"";
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }

        // Held while migrating: a newer server must not change the schema under a running one.
        await using var guard = await database.OpenWriter(ct).ConfigureAwait(false);
        await database.TakeWriterLock(guard, ct).ConfigureAwait(false);
        foreach (var module in databases)
        {
            await using var context = module.Create();
            var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
            var applied = await context.Database.GetAppliedMigrationsAsync(ct).ConfigureAwait(false);
            if (applied.FirstOrDefault(m => !known.Contains(m)) is { } newer)
            {
                throw new StartRefusedException($"The database was written by a newer version of the server (it has the migration {newer}). Start that version, or restore a backup made with this one.");
            }

            await context.Database.MigrateAsync(ct).ConfigureAwait(false);
        }
    }
}
