using System.Net.Sockets;
using ChatMonolith.BuildingBlocks.Errors;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>What a database's refusal means to a caller. Result codes: sqlite.org/rescode.html, PostgreSQL appendix A.</summary>
public static class DatabaseFailures
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;

    /// <summary>Null for what is a defect and no condition of the database.</summary>
    public static Error? Classify(Exception e)
    {
        for (var current = e; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                case SqliteException { SqliteErrorCode: SqliteFull or SqliteIoError }:
                case PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                case IOException { HResult: 28 }:
                    return DiskReserve.DiskFull;
                case SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked }:
                case PostgresException { IsTransient: true }:
                case NpgsqlException and not PostgresException:
                case PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow }:
                case SocketException:
                case TimeoutException:
                    return Error.Unavailable();
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a COMMIT that failed so is known not to have taken place: SQLite keeps the transaction open when it is busy or full,
    /// PostgreSQL reports an error of its own. A lost connection or a failed write to the disk leaves it open what happened.
    /// </summary>
    public static bool IsCertainlyRolledBack(Exception e) =>
        e is SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked or SqliteFull } or PostgresException { IsTransient: false };

    /// <summary>A row that the schema allows once was there already.</summary>
    public static bool IsDuplicate(Exception e) =>
        e.InnerException is SqliteException { SqliteErrorCode: 19 } or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
