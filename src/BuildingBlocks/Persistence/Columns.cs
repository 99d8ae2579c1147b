using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Column types by provider, for migrations written by hand.</summary>
public static class Columns
{
    private const string Npgsql = "Npgsql.EntityFrameworkCore.PostgreSQL";

    public static bool IsPostgreSql(this MigrationBuilder migration) => migration.ActiveProvider == Npgsql;

    public static string Id(this MigrationBuilder migration) => migration.IsPostgreSql() ? "uuid" : "BLOB";

    public static string Number(this MigrationBuilder migration) => migration.IsPostgreSql() ? "bigint" : "INTEGER";

    public static string Integer32(this MigrationBuilder migration) => migration.IsPostgreSql() ? "integer" : "INTEGER";

    public static string Flag(this MigrationBuilder migration) => migration.IsPostgreSql() ? "boolean" : "INTEGER";

    public static string Real(this MigrationBuilder migration) => migration.IsPostgreSql() ? "double precision" : "REAL";

    public static string Bytes(this MigrationBuilder migration) => migration.IsPostgreSql() ? "bytea" : "BLOB";

    /// <param name="migration">The migration being written.</param>
    /// <param name="length">The bound of the model (<c>HasMaxLength</c>); SQLite does not keep it.</param>
    public static string Text(this MigrationBuilder migration, int? length = null) =>
        !migration.IsPostgreSql() ? "TEXT" : length is { } n ? $"character varying({n})" : "text";
}
