namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>The database is damaged, or an older one than it was: nothing is served from it.</summary>
public sealed class DamagedDatabaseException : Exception
{
    public const int ExitCode = 3;

    private const string Hint = " Nothing was changed. Restore a backup (chatctl backup restore); or, if you changed the database yourself and on purpose, start once with --Database:AcceptChanges=true.";

    public DamagedDatabaseException(string message)
        : base(message + Hint)
    {
    }

    public DamagedDatabaseException(string message, Exception innerException)
        : base(message + Hint, innerException)
    {
    }

    public DamagedDatabaseException()
    {
    }
}
