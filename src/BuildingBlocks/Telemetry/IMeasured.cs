using System.Diagnostics.Metrics;

namespace ChatMonolith.BuildingBlocks.Telemetry;

/// <summary>
/// Has figures that an operator wants to see. Whoever owns a figure names its instrument: a number that stands in memory anyway is read when
/// it is asked for, and what has to be recorded is recorded once a commit, request or letter, never once a member.
/// </summary>
public interface IMeasured
{
    /// <summary>Called once, soon after the server is ready. Names follow OpenTelemetry's: <c>chat.</c>, then a path; units are UCUM's.</summary>
    void Measure(Meter meter);
}
