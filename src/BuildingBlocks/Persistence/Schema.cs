using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Brings every module's tables to this version at the start, before anything is served.</summary>
public sealed class Schema(IEnumerable<IModuleDatabase> databases, Database database, IEnumerable<IBeforeMigration> before, IOptions<DatabaseOptions> options, ILogger<Schema> logger)
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

            Check();

            // The journal mode is a property of the file: set once here, before any other connection.
            await using var connection = await database.OpenWriter(ct).ConfigureAwait(false);
            Witness.Check((SqliteConnection)connection, database.SqlitePath, options.Value.AcceptChanges);
            Witness.Advance((SqliteConnection)connection, database.SqlitePath);

            // EF guards a migration with a row that a killed start leaves behind, and the next start would wait for it for ever. The
            // data folder's own lock has made sure that nobody else is migrating.
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE IF EXISTS \"__EFMigrationsLock\"";
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }

        // Held while migrating: a newer server must not change the schema under a running one.
        await using var guard = await database.OpenWriter(ct).ConfigureAwait(false);
        await database.TakeWriterLock(guard, ct).ConfigureAwait(false);
        await database.TakeMigrationLock(guard, ct).ConfigureAwait(false);
        var isPrepared = (await DatabaseFacts.Tables(guard, ct).ConfigureAwait(false)).Count == 0;
        foreach (var module in databases)
        {
            if (await IsCurrent(module, guard, ct).ConfigureAwait(false))
            {
                continue;
            }

            if (!isPrepared)
            {
                isPrepared = true;
                foreach (var step in before)
                {
                    await step.Run(ct).ConfigureAwait(false);
                }
            }

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

    /// <summary>Damage is found before anything is written.</summary>
    private void Check()
    {
        var patience = TimeSpan.FromSeconds(options.Value.StartCheckSeconds);
        if (!DatabaseSeal.Break(database.SqlitePath, options.Value.AcceptChanges) && File.Exists(database.SqlitePath) && !SqliteCheck.Run(database.SqlitePath, patience))
        {
            logger.LogInformation("The check of the database was ended after {Patience}; each backup checks the whole", patience);
        }
    }

    /// <summary>
    /// Compares names alone, without Entity Framework: at most starts nothing is to be done, and finding that out through its models
    /// takes a fifth of the whole start.
    /// </summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The table's name is a constant of the module.")]
    private async Task<bool> IsCurrent(IModuleDatabase module, DbConnection connection, CancellationToken ct)
    {
        var known = module.ContextType.Assembly.GetTypes()
            .Where(t => t.GetCustomAttribute<DbContextAttribute>()?.ContextType == module.ContextType)
            .Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id)
            .ToHashSet(StringComparer.Ordinal);
        await using var command = connection.CreateCommand();
        command.CommandText = database.IsSqlite ? "SELECT COUNT(*) FROM sqlite_schema WHERE name = @name" : "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = @name";
        command.With("@name", module.MigrationsTable);
        if (Convert.ToInt64(await command.ExecuteScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture) == 0)
        {
            return false;
        }

        await using var names = connection.CreateCommand();
        names.CommandText = $"SELECT \"MigrationId\" FROM \"{module.MigrationsTable}\"";
        await using var reader = await names.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var applied = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            applied.Add(reader.GetString(0));
        }

        return applied.SetEquals(known);
    }
}
