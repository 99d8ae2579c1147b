using System.Data.Common;
using System.Diagnostics.Metrics;
using ChatMonolith.BuildingBlocks.Telemetry;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Measures the statements of requests and jobs, and logs the slow ones: their text, which names tables and parameters and holds no value.
/// The log's own statements are measured by their commits.
/// </summary>
internal sealed class SlowStatements(IOptions<DatabaseOptions> options, ILogger<SlowStatements> logger) : DbCommandInterceptor, IMeasured
{
    private const int LongestText = 2_000;
    private readonly TimeSpan slow = options.Value.SlowStatementMilliseconds is > 0 and var limit ? TimeSpan.FromMilliseconds(limit) : TimeSpan.MaxValue;
    private Histogram<double>? seconds;

    public void Measure(Meter meter) => seconds = meter.CreateHistogram(
        "chat.database.statement.duration", "s", "One statement of a request or job",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });

    public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        Note(command, eventData.Duration);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
    {
        Note(command, eventData.Duration);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Note(command, eventData.Duration);
        return ValueTask.FromResult(result);
    }

    private void Note(DbCommand command, TimeSpan took)
    {
        seconds?.Record(took.TotalSeconds);
        if (took >= slow)
        {
            var text = command.CommandText;
            logger.LogWarning("A statement took {Milliseconds} ms: {Statement}", (long)took.TotalMilliseconds, text[..Math.Min(text.Length, LongestText)]);
        }
    }
}
