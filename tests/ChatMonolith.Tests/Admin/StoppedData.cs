using System.Data.Common;
using ChatMonolith.Tests.Harness;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.Tests.Admin;

/// <summary>The database of a server that is stopped, for what only somebody with a hand in it could do.</summary>
internal sealed class StoppedData(DbConnection connection) : IAsyncDisposable
{
    public static async Task<StoppedData> Open(RunningServer server)
    {
        DbConnection connection = server.Engine is Engine.Sqlite
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(server.DataFolder, "chat.db"), Pooling = false }.ToString())
            : new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();

        // Otherwise the next start, and chatctl, say that the file is not the one that the server left.
        server.Set("Database__AcceptChanges", "true");
        return new StoppedData(connection);
    }

    public async Task<int> Execute(string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
