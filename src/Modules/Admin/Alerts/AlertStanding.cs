using System.Diagnostics.Metrics;
using ChatMonolith.BuildingBlocks.Telemetry;

namespace ChatMonolith.Admin.Alerts;

/// <summary>What is raised, from memory, for whoever reads the figures.</summary>
internal sealed class AlertStanding : IMeasured
{
    private volatile IReadOnlyDictionary<string, AlertLevel> open = new Dictionary<string, AlertLevel>(StringComparer.Ordinal);

    public void Set(IReadOnlyDictionary<string, AlertLevel> now) => open = now;

    public void Measure(Meter meter) => meter.CreateObservableGauge("chat.alert", Read, "", "0 all is well, 1 a warning, 2 an error; for each alert");

    private IEnumerable<Measurement<int>> Read()
    {
        var now = open;
        return AlertNames.Titles.Keys.Order(StringComparer.Ordinal).Select(name => new Measurement<int>((int)now.GetValueOrDefault(name), new KeyValuePair<string, object?>("alert", name)));
    }
}
