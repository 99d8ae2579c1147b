using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Host;

/// <summary>Turns what an operator can mend into one clear line; everything else keeps its stack trace.</summary>
internal static class StartRefusal
{
    /// <summary>
    /// What stops a start is told by <see cref="Explain"/>, or by the runtime with its stack trace; the host and its web server would
    /// log it with theirs as well. Their errors are kept back until the start is over.
    /// </summary>
    public static Phase KeepToOneLine(ILoggingBuilder logging)
    {
        var start = new Phase();
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Information && start.Lets(level));
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= LogLevel.Warning && start.Lets(level));
        return start;
    }

    /// <returns>Null unless a damaged database is what stops the start.</returns>
    public static DamagedDatabaseException? Damage(Exception e) => e switch
    {
        DamagedDatabaseException damaged => damaged,
        Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 11 or 26 } sqlite => new DamagedDatabaseException($"The database is damaged: {sqlite.Message}"),
        _ => e.InnerException is { } inner ? Damage(inner) : null,
    };

    public static string? Explain(Exception e) => e switch
    {
        StartRefusedException refused => "Cannot start: " + refused.Message,
        DamagedDatabaseException damaged => "Cannot start: " + damaged.Message,
        OptionsValidationException options => "Cannot start: a setting is not valid: " + string.Join("; ", options.Failures),
        Npgsql.NpgsqlException database => "Cannot start: PostgreSQL does not answer: " + Whole(database) + " Check ConnectionStrings:Default and that the server runs.",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } address => "Cannot start: " + address.Message + " Stop the other program, or set another address with --urls.",
        InvalidOperationException { InnerException: FormatException or ArgumentException } binding => "Cannot start: a setting cannot be read: " + binding.Message,
        _ when e.InnerException is { } inner => Explain(inner),
        _ => null,
    };

    /// <summary>With what lies behind it, such as a certificate that nobody vouches for.</summary>
    private static string Whole(Exception e) => e.GetBaseException() is var reason && reason != e ? $"{e.Message} ({reason.Message})" : e.Message;

    /// <summary>The time until the server serves.</summary>
    internal sealed class Phase
    {
        private volatile bool isOver;

        public void End() => isOver = true;

        public bool Lets(LogLevel level) => isOver || level < LogLevel.Error;
    }
}
