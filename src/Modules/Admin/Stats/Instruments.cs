using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ChatMonolith.Contracts.Admin;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Admin.Stats;

/// <summary>
/// Hears the instruments of this server from the moment it is ready, and gives what came between two samples: rates, and the median and
/// worst hundredth of what took time. An instrument that is not there has no series.
/// </summary>
internal sealed class Instruments(IMeterFactory meters, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>Series: answered since the sample before, and those with 500 and above.</summary>
    public const string RequestCount = "requests.count";
    public const string ErrorCount = "errors.count";
    private const int MostKept = 10_000;
    private const string Requests = "http.server.request.duration";
    private const string Commits = "chat.log.commit.duration";
    private const string Deliveries = "chat.deliveries";
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<double> requests = new();
    private readonly ConcurrentQueue<double> commits = new();
    private long requestCount;
    private long errorCount;
    private double deliveries = double.NaN;
    private double deliveriesBefore = double.NaN;
    private long lastRead;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lastRead = time.GetTimestamp();
        listener.InstrumentPublished = (instrument, l) =>
        {
            // Of this server alone, where several run in one process.
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name is Requests or Commits or Deliveries)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Heard(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Heard(instrument.Name, value, tags));
        listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What came since the last call.</summary>
    public IReadOnlyList<Figure> Read()
    {
        listener.RecordObservableInstruments();
        var seconds = Math.Max(0.001, time.GetElapsedTime(lastRead).TotalSeconds);
        lastRead = time.GetTimestamp();
        var (answered, failed) = (Interlocked.Exchange(ref requestCount, 0), Interlocked.Exchange(ref errorCount, 0));
        var figures = new List<Figure> { new("requests.rate", answered / seconds), new("errors.rate", failed / seconds * 60), new(RequestCount, answered), new(ErrorCount, failed) };
        Add(figures, "requests", requests);
        Add(figures, "commit", commits);
        var now = Volatile.Read(ref deliveries);
        if (!double.IsNaN(now) && !double.IsNaN(deliveriesBefore))
        {
            figures.Add(new Figure("deliveries.rate", Math.Max(0, now - deliveriesBefore) / seconds));
        }

        deliveriesBefore = now;
        return figures;
    }

    public void Dispose() => listener.Dispose();

    private static void Add(List<Figure> figures, string name, ConcurrentQueue<double> durations)
    {
        var taken = new List<double>();
        while (durations.TryDequeue(out var one))
        {
            taken.Add(one);
        }

        if (taken.Count > 0)
        {
            taken.Sort();
            figures.Add(new Figure(name + ".p50", taken[taken.Count / 2] * 1000));
            figures.Add(new Figure(name + ".p99", taken[Math.Min(taken.Count - 1, taken.Count * 99 / 100)] * 1000));
        }
    }

    private void Heard(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (name)
        {
            case Requests:
                Interlocked.Increment(ref requestCount);
                Keep(requests, value);
                foreach (var (key, tag) in tags)
                {
                    if (key == "http.response.status_code" && tag is int and >= 500)
                    {
                        Interlocked.Increment(ref errorCount);
                    }
                }

                break;
            case Commits:
                Keep(commits, value);
                break;
            default:
                Volatile.Write(ref deliveries, value);
                break;
        }
    }

    /// <summary>The first ten thousand between two samples stand for all.</summary>
    private static void Keep(ConcurrentQueue<double> durations, double value)
    {
        if (durations.Count < MostKept)
        {
            durations.Enqueue(value);
        }
    }
}
