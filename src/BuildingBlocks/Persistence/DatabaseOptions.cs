using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Section <c>Data</c>.</summary>
public sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>Where everything on disk lies; relative to the working directory.</summary>
    [Required]
    public string Directory { get; set; } = "data";

    /// <summary>MiB of the folder's disk that are kept back for logging in and tidying up on a full disk; 0: none. SQLite only.</summary>
    [Range(0, 1024)]
    public int ReserveMegaBytes { get; set; } = 16;
}

public enum DatabaseProvider
{
    Sqlite,
    PostgreSql,
}

/// <summary>Section <c>Database</c>, with <c>ConnectionStrings:Default</c> for PostgreSQL.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    [EnumDataType(typeof(DatabaseProvider))]
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>How long a statement waits for a lock before it answers <c>unavailable</c>.</summary>
    [Range(1, 120)]
    public int BusyTimeoutSeconds { get; set; } = 30;

    /// <summary>SQLite: connections of requests and jobs that are open at once; whoever finds none free waits. PostgreSQL: <c>Maximum Pool Size</c> in the connection string.</summary>
    [Range(1, 256)]
    public int Connections { get; set; } = 32;

    /// <summary>SQLite: how long the start may take to look for damage after a crash.</summary>
    [Range(0, 600)]
    public int StartCheckSeconds { get; set; } = 3;

    /// <summary>SQLite: the file was changed on purpose while the server was stopped. For one start.</summary>
    public bool AcceptChanges { get; set; }

    /// <summary>Statements that take longer are logged, without their values; 0: none.</summary>
    [Range(0, 600_000)]
    public int SlowStatementMilliseconds { get; set; } = 500;
}
