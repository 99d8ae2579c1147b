using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Tests.Architecture;

/// <summary>
/// Describes a database's schema as lines, one for each column, primary key, index and foreign key, so that two schemas can be
/// compared. Names of constraints and indexes are left out: they do nothing. So is the table of bigrams, of a kind that a model has no
/// words for (FTS5; <c>tsvector</c>).
/// </summary>
internal static class SchemaReader
{
    private const string Sqlite =
        """
        WITH t AS (SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%migrations' AND name NOT LIKE '%EFMigrationsLock' AND name NOT LIKE 'msg_search_grams%')
        SELECT t.name || '.' || c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || c.dflt_value, '') || CASE WHEN c.pk > 0 THEN ' pk ' || c.pk ELSE '' END || ' hidden ' || c.hidden
          FROM t JOIN pragma_table_xinfo(t.name) c
        UNION ALL
        SELECT t.name || ' index ' || CASE i."unique" WHEN 1 THEN 'UNIQUE ' ELSE '' END || i.origin
            || ' (' || (SELECT group_concat(coalesce(x.name, 'expression') || ' ' || x.coll || ' ' || x."desc", ', ') FROM pragma_index_xinfo(i.name) x WHERE x.key = 1) || ')'
            || coalesce(' WHERE' || CASE i.partial WHEN 1 THEN (SELECT substr(s.sql, instr(s.sql, ' WHERE ') + 6) FROM sqlite_master s WHERE s.name = i.name) END, '')
          FROM t JOIN pragma_index_list(t.name) i
        UNION ALL
        SELECT t.name || '.' || f."from" || ' -> ' || f."table" || '.' || coalesce(f."to", '') || ' delete ' || f.on_delete || ' update ' || f.on_update || ' part ' || f.seq
          FROM t JOIN pragma_foreign_key_list(t.name) f
        UNION ALL
        SELECT t.name || ' autoincrement' FROM t JOIN sqlite_master s ON s.name = t.name WHERE s.sql LIKE '%AUTOINCREMENT%'
        """;

    private const string PostgreSql =
        """
        WITH t AS (SELECT oid, relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '%migrations' AND relname <> 'msg_search_grams')
        SELECT t.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') || ' identity ' || a.attidentity::text || ' generated ' || a.attgenerated::text
            || coalesce(' COLLATE ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation AND collname <> 'default'), '')
          FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
        UNION ALL
        SELECT t.relname || ' index ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || CASE WHEN i.indisprimary THEN 'PRIMARY ' ELSE '' END
            || substr(pg_get_indexdef(i.indexrelid), strpos(pg_get_indexdef(i.indexrelid), ' USING '))
          FROM t JOIN pg_index i ON i.indrelid = t.oid
        UNION ALL
        SELECT t.relname || ' ' || pg_get_constraintdef(c.oid) FROM t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype IN ('f', 'c')
        """;

    public static async Task<IReadOnlyList<string>> Describe(Database database)
    {
        await using var connection = await database.Open(CancellationToken.None);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the two constants above.
        command.CommandText = database.IsSqlite ? Sqlite : PostgreSql;
#pragma warning restore CA2100
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
