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
                    return new Error(ErrorCodes.InsufficientStorage, "The server's disk is full. Nothing was stored; the operator has to free space.", RetryAfter: TimeSpan.FromSeconds(10));
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

    /// <summary>A row that the schema allows once was there already.</summary>
    public static bool IsDuplicate(Exception e) =>
        e.InnerException is SqliteException { SqliteErrorCode: 19 } or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}
