using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>What a database, or a copy of one, holds; the same questions to both providers.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The only names in them come from the database's own catalogue, quoted.")]
public static class DatabaseFacts
{
    /// <summary>The tables, sorted by name; without virtual ones, and those of the scheduler, which knows nothing that a copy needs.</summary>
    public static async Task<IReadOnlyList<string>> Tables(DbConnection connection, CancellationToken ct)
    {
        var names = await Texts(
            connection,
            connection is SqliteConnection ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'" : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
            ct).ConfigureAwait(false);
        return [.. names.Where(n => !n.StartsWith("qrtz_", StringComparison.OrdinalIgnoreCase) && n != "__EFMigrationsLock").Order(StringComparer.Ordinal)];
    }

    public static async Task<long> Rows(DbConnection connection, string table, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM {Quoted(table)}";
        command.CommandTimeout = 0;
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    /// <summary>The migrations that were applied, as <c>table:name</c>.</summary>
    public static async Task<IReadOnlyList<string>> Migrations(DbConnection connection, CancellationToken ct)
    {
        var found = new List<string>();
        foreach (var table in (await Tables(connection, ct).ConfigureAwait(false)).Where(t => t.EndsWith("_migrations", StringComparison.Ordinal)))
        {
            found.AddRange((await Texts(connection, $"SELECT \"MigrationId\" FROM {Quoted(table)} ORDER BY 1", ct).ConfigureAwait(false)).Select(name => $"{table}:{name}"));
        }

        return found;
    }

    public static async Task<List<string>> Texts(DbConnection connection, string sql, CancellationToken ct)
    {
        var found = new List<string>();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    public static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
