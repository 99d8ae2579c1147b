using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>What a SQLite connection has written, as SQLite counts it.</summary>
public static class SqlitePages
{
    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: pages written from the connection's cache, to the journal where there is one.</summary>
    private const int PagesWritten = 9;
    private const int PageBytes = 4096;

    /// <summary>Since the connection was opened, for pages of the usual size.</summary>
    public static long BytesWritten(SqliteConnection connection)
    {
        var code = raw.sqlite3_db_status(SqliteStatement.HandleOf(connection), PagesWritten, out var pages, out _, resetFlg: 0);
        return code == raw.SQLITE_OK ? (long)pages * PageBytes : 0;
    }
}
