using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ChatMonolith.Messaging.Log;

/// <summary>What is measured of the writer's commits.</summary>
internal sealed class LogMeters
{
    private Histogram<double>? seconds;
    private Histogram<int>? items;
    private Counter<long>? failures;

    public void Measure(Meter meter)
    {
        items = meter.CreateHistogram(
            "chat.log.commit.items", "{item}", "Messages and other changes in one commit", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 512] });
        failures = meter.CreateCounter<long>("chat.log.commit.failures", "{commit}", "Commits that failed; nothing of them was acknowledged");
        seconds = meter.CreateHistogram(
            "chat.log.commit.duration", "s", "One commit of the log, from its turn until it is on disk",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5] });
    }

    public void Committed(long began, int count)
    {
        seconds?.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        items?.Record(count);
    }

    public void Failed() => failures?.Add(1);
}
