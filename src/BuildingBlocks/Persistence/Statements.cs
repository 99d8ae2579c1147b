using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Statements on a database that nobody is served from: a copy that is being restored or imported.</summary>
public static class Statements
{
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "Callers pass constant texts; values are parameters.")]
    public static async Task<int> Run(this DbConnection connection, string sql, CancellationToken ct, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        foreach (var (name, value) in parameters)
        {
            command.With(name, value);
        }

        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }
}
