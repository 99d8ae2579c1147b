using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatMonolith.Tests.Harness;

/// <summary>Asks the database for the plan of every query that passes.</summary>
internal sealed class Plans(IReadOnlyCollection<string> largeTables) : DbCommandInterceptor
{
    private readonly List<string> lines = [];
    private readonly List<string> scans = [];

    public void Clear()
    {
        lines.Clear();
        scans.Clear();
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Explain(command);
        return ValueTask.FromResult(result);
    }

    public void Explain(DbCommand command)
    {
        var sql = command.CommandText;
        try
        {
#pragma warning disable CA2100 // The text is the server's own.
            command.CommandText = (command is Npgsql.NpgsqlCommand ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var line = reader.GetString(reader.FieldCount - 1);
                lines.Add(line);
                if (IsScan(line, sql))
                {
                    scans.Add(line);
                }
            }
        }
        finally
        {
            command.CommandText = sql;
#pragma warning restore CA2100
        }
    }

    public void ShouldUse(string index) => lines.ShouldContain(l => l.Contains(index, StringComparison.Ordinal), ToString());

    public void ShouldScanNothing() => scans.ShouldBeEmpty(ToString());

    public void ShouldSortNothing() =>
        lines.ShouldNotContain(l => l.Contains("TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal) || l.Contains("Sort Key", StringComparison.Ordinal), ToString());

    public override string ToString() => string.Join('\n', lines);

    /// <summary>SQLite names a table by its alias in the query, PostgreSQL by both; what is scanned of a sub-query is no table.</summary>
    private bool IsScan(string line, string sql) => largeTables.Any(table =>
        line.Contains($"Seq Scan on {table} ", StringComparison.Ordinal)
        || (line.StartsWith("SCAN ", StringComparison.Ordinal)
            && new[] { $"\"{table}\" AS \"{Alias(line)}\"", $" {table} AS {Alias(line)} " }.Any(name => sql.ReplaceLineEndings(" ").Contains(name, StringComparison.Ordinal))));

    private static string Alias(string line) => line.Split(' ')[1];
}
