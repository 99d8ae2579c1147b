using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Host;

/// <summary>Turns what an operator can mend into one clear line; everything else keeps its stack trace.</summary>
internal static class StartRefusal
{
    public static string? Explain(Exception e) => e switch
    {
        StartRefusedException refused => "Cannot start: " + refused.Message,
        OptionsValidationException options => "Cannot start: a setting is not valid: " + string.Join("; ", options.Failures),
        Npgsql.NpgsqlException database => "Cannot start: PostgreSQL does not answer: " + database.Message + " Check ConnectionStrings:Default and that the server runs.",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } address => "Cannot start: " + address.Message + " Stop the other program, or set another address with --urls.",
        InvalidOperationException { InnerException: FormatException or ArgumentException } binding => "Cannot start: a setting cannot be read: " + binding.Message,
        _ when e.InnerException is { } inner => Explain(inner),
        _ => null,
    };
}
