using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Copies a database that is in use, page by page (SQLite's backup API). The source's own read transaction fixes what is copied: others
/// write meanwhile, and the copy neither sees that nor begins anew because of it.
/// </summary>
public static class SqliteCopy
{
    private const int PagesAtOnce = 256;

    /// <param name="source">Open; holds a read transaction from here on, which ends with <paramref name="source"/> or its rollback.</param>
    /// <param name="target">Open and empty.</param>
    /// <param name="step">Told the pages that are done and all of them, between two steps; may wait.</param>
    /// <param name="ct">Cancels between two steps.</param>
    /// <exception cref="SqliteException">It cannot be read, or the target not written.</exception>
    public static async Task Run(SqliteConnection source, SqliteConnection target, Func<int, int, ValueTask> step, CancellationToken ct)
    {
        using (var begin = source.CreateCommand())
        {
            begin.CommandText = "BEGIN; SELECT COUNT(*) FROM sqlite_schema;";
            begin.ExecuteScalar();
        }

        var (from, to) = (Handle(source), Handle(target));
        using var copy = raw.sqlite3_backup_init(to, "main", from, "main");
        if (copy is null || copy.IsInvalid)
        {
            throw new SqliteException(raw.sqlite3_errmsg(to).utf8_to_string(), raw.sqlite3_errcode(to));
        }

        int code;
        while ((code = raw.sqlite3_backup_step(copy, PagesAtOnce)) == raw.SQLITE_OK)
        {
            ct.ThrowIfCancellationRequested();
            var all = raw.sqlite3_backup_pagecount(copy);
            await step(all - raw.sqlite3_backup_remaining(copy), all).ConfigureAwait(false);
        }

        if (code != raw.SQLITE_DONE)
        {
            throw new SqliteException("The database cannot be copied: " + raw.sqlite3_errstr(code).utf8_to_string(), code);
        }
    }

    /// <summary>By reflection, as in <see cref="SqliteStatement"/>.</summary>
    private static sqlite3 Handle(SqliteConnection connection) => (sqlite3)typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection)!;
}
