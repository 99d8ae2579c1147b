using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.FileFormat;
using ChatMonolith.Host;

namespace ChatMonolith.Chatctl;

/// <summary>What the person at the terminal can mend; becomes one line on standard error and exit code 2.</summary>
internal sealed class RefusedException(string message) : Exception(message);

internal static class Refusal
{
    public const int ExitCode = 2;

    /// <summary>Runs a command. What can be mended is told in one line; a defect keeps its stack trace.</summary>
    public static async Task<int> Guard(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception e) when (Explain(e) is { } line)
        {
            return Print(line);
        }
    }

    public static int Print(string line)
    {
        Console.Error.WriteLine("chatctl: " + line);
        return ExitCode;
    }

    /// <summary>The value, or the error as one line.</summary>
    public static T Required<T>(this Result<T> result) => result.IsOk ? result.Value : throw new RefusedException(Text(result.Error));

    private static string Text(Error error) =>
        error.Fields is { Count: > 0 } fields ? string.Join(" ", fields.SelectMany(f => f.Value).Distinct(StringComparer.Ordinal)) : error.Detail;

    private static string? Explain(Exception e) => e switch
    {
        RefusedException refused => refused.Message,
        StartRefusedException refused => refused.Message,
        DamagedDatabaseException damaged => damaged.Message,
        DamagedFileException or NewerVersionException => e.Message,
        OperationCanceledException => "interrupted.",
        HttpRequestException http => "the server does not answer: " + http.Message,
        _ => StartRefusal.Explain(e)?.Replace("Cannot start: ", "", StringComparison.Ordinal),
    };
}
