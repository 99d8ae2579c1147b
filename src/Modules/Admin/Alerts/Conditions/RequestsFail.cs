using System.Globalization;
using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Stats;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts.Conditions;

/// <summary>The share of requests that were answered with 500 or above, from the samples of the last minutes.</summary>
internal sealed class RequestsFail(AdminDb db, IOptions<AlertsOptions> options, TimeProvider time) : ICondition
{
    public IReadOnlyList<string> Names { get; } = [AlertNames.Errors];

    public async Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct)
    {
        var from = time.Now() - (options.Value.ErrorMinutes * 60_000L);
        string[] series = [Instruments.RequestCount, Instruments.ErrorCount];
        var sums = await db.Samples.Where(s => series.Contains(s.Series) && s.Step == SampleStats.Minute && s.At >= from)
            .GroupBy(s => s.Series).Select(g => new { g.Key, Sum = g.Sum(s => s.Value) }).ToDictionaryAsync(g => g.Key, g => g.Sum, StringComparer.Ordinal, ct);
        var (requests, errors) = (sums.GetValueOrDefault(Instruments.RequestCount), sums.GetValueOrDefault(Instruments.ErrorCount));
        return errors >= options.Value.ErrorsAtLeast && errors * 100 >= requests * options.Value.ErrorPercent
            ? [Finding.Of(AlertNames.Errors, AlertLevel.Danger, ("percent", Finding.Number(errors * 100 / Math.Max(requests, errors))), ("count", Finding.Number(errors)), ("minutes", options.Value.ErrorMinutes.ToString(CultureInfo.InvariantCulture)))]
            : [];
    }
}
