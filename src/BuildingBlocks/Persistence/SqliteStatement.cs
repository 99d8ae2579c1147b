using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// A prepared statement of SQLite itself, for the few that run for each message: ADO.NET makes an object of every value and looks every
/// parameter up by its name. Parameters are numbered from 1 and bound in that order. For one thread at a time; disposed before its connection.
/// </summary>
public sealed class SqliteStatement : IDisposable
{
    private const int IdBytes = 16;
    private readonly sqlite3 connection;
    private readonly sqlite3_stmt statement;
    private int next = 1;

    /// <exception cref="SqliteException">The statement does not compile.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        this.connection = HandleOf(connection);
        Check(raw.sqlite3_prepare_v2(this.connection, sql, out statement));
    }

    /// <summary>By reflection: the compiler refuses the property, whose type is of a later SQLitePCLRaw than restores (SqliteNative tells why).</summary>
    internal static sqlite3 HandleOf(SqliteConnection connection) => (sqlite3)typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection)!;

    public SqliteStatement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(statement, next++, value));
        return this;
    }

    public SqliteStatement Bind(double value)
    {
        Check(raw.sqlite3_bind_double(statement, next++, value));
        return this;
    }

    /// <summary>As ids are stored: 16 bytes, big-endian.</summary>
    public SqliteStatement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(bytes);
    }

    public SqliteStatement Bind(Guid? value) => value is { } id ? Bind(id) : BindNull();

    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        // Nothing has no address, which SQLite would take for NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, next++, 0) : raw.sqlite3_bind_blob(statement, next++, value));
        return this;
    }

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        Check(raw.sqlite3_bind_text(statement, next++, value));
        return this;
    }

    /// <summary>A text that is there in UTF-8 already.</summary>
    public SqliteStatement BindText(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            // Nothing has no address, which SQLite would take for NULL.
            return Bind("");
        }

        Check(raw.sqlite3_bind_text(statement, next++, value));
        return this;
    }

    public SqliteStatement BindNull()
    {
        Check(raw.sqlite3_bind_null(statement, next++));
        return this;
    }

    /// <summary>Runs it to its end, and makes it ready for the next values.</summary>
    /// <returns>The rows it has changed.</returns>
    /// <exception cref="SqliteException">A constraint, a full disk or another failure.</exception>
    public int Run()
    {
        var code = raw.sqlite3_step(statement);
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            var failure = Failure();
            Reset();
            throw failure;
        }

        Reset();
        return raw.sqlite3_changes(connection);
    }

    /// <returns>The first row as <paramref name="read"/> makes it; default if there is none.</returns>
    public T? First<T>(Func<SqliteStatement, T> read)
    {
        try
        {
            var code = raw.sqlite3_step(statement);
            if (code == raw.SQLITE_ROW)
            {
                return read(this);
            }

            return code == raw.SQLITE_DONE ? default : throw Failure();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Gives each row to <paramref name="read"/>.</summary>
    public void Each(Action<SqliteStatement> read)
    {
        try
        {
            int code;
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                read(this);
            }

            if (code != raw.SQLITE_DONE)
            {
                throw Failure();
            }
        }
        finally
        {
            Reset();
        }
    }

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public Guid Id(int column) => new(raw.sqlite3_column_blob(statement, column), bigEndian: true);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public void Dispose() => statement.Dispose();

    private void Reset()
    {
        // Its code repeats that of the step before.
        _ = raw.sqlite3_reset(statement);
        next = 1;
    }

    private SqliteException Failure() =>
        new(raw.sqlite3_errmsg(connection).utf8_to_string(), raw.sqlite3_errcode(connection), raw.sqlite3_extended_errcode(connection));

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            Reset();
            throw Failure();
        }
    }
}
