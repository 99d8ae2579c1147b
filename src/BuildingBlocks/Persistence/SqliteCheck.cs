using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>SQLite's own check of a file's structure, for as long as there is patience.</summary>
internal static class SqliteCheck
{
    private const int Interrupted = 9;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <returns>Whether it came to its end.</returns>
    /// <exception cref="DamagedDatabaseException">It found something.</exception>
    public static bool Run(string path, TimeSpan patience)
    {
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
            connection.Open();
            var handle = (sqlite3)typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection)!;
            using var timer = new Timer(_ => raw.sqlite3_interrupt(handle), null, patience, Timeout.InfiniteTimeSpan);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            var found = command.ExecuteScalar() as string;
            return found == "ok" ? true : throw new DamagedDatabaseException($"The database {path} is damaged: {found}.");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Interrupted)
        {
            return false;
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            throw new DamagedDatabaseException($"The database {path} is damaged: {e.Message}.", e);
        }
    }

    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;
}
