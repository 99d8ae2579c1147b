using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatMonolith.BuildingBlocks.Telemetry;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// The one door to writing a SQLite file: one writer at a time, the log first. Without it, writers meet in SQLite's busy loop, where
/// waiting is polling and order is luck; and below SQLite 3.51.3 a checkpoint could race a writer. Checkpoints pass it too.
/// On PostgreSQL the gate is open: row locks do its work.
/// </summary>
public sealed class WriteGate(Database database) : IMeasured
{
    private static readonly AsyncLocal<bool> Inside = new();
    private readonly Lock sync = new();
    private readonly LinkedList<TaskCompletionSource> waiting = [];
    private readonly bool open = database.Provider is not DatabaseProvider.Sqlite;
    private bool taken;
    private Histogram<double>? waits;

    public void Measure(Meter meter) => waits = open ? null : meter.CreateHistogram(
        "chat.database.gate.wait", "s", "How long a write of SQLite waited for its turn, where it had to wait",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });

    /// <summary>Waits for the gate. The log's writer passes <paramref name="first"/> and overtakes all who wait.</summary>
    /// <exception cref="InvalidOperationException">This flow holds the gate already: it would wait for itself for ever.</exception>
    public async ValueTask<Pass> Enter(bool first, CancellationToken ct)
    {
        if (open)
        {
            return default;
        }

        if (Inside.Value)
        {
            throw new InvalidOperationException("The write gate is held by this very flow. Inside a log transaction use its own contexts.");
        }

        LinkedListNode<TaskCompletionSource> node;
        lock (sync)
        {
            if (!taken)
            {
                taken = true;
                return new Pass(this);
            }

            node = new(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (first)
            {
                waiting.AddFirst(node);
            }
            else
            {
                waiting.AddLast(node);
            }
        }

        var began = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (!first)
        {
            // The log waits for as long as it takes; everybody else is told in time that the database is busy.
            patience.CancelAfter(database.BusyTimeout);
        }

        await using var cancelled = patience.Token.UnsafeRegister(_ => Abandon(node, patience.Token), null).ConfigureAwait(false);
        try
        {
            await node.Value.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException("The database is busy writing.", e);
        }
        finally
        {
            waits?.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return new Pass(this);
    }

    /// <summary>Whether the current flow is marked as holding the gate.</summary>
    internal static bool IsInside => Inside.Value;

    /// <summary>Marks the current flow as holding the gate, so that a nested write fails loudly instead of waiting for itself.</summary>
    public static IDisposable MarkInside()
    {
        Inside.Value = true;
        return new Unmark();
    }

    private void Abandon(LinkedListNode<TaskCompletionSource> node, CancellationToken ct)
    {
        lock (sync)
        {
            if (node.List is null)
            {
                return;
            }

            waiting.Remove(node);
        }

        node.Value.TrySetCanceled(ct);
    }

    private void Leave()
    {
        lock (sync)
        {
            if (waiting.First is { } next)
            {
                waiting.RemoveFirst();
                next.Value.SetResult();
            }
            else
            {
                taken = false;
            }
        }
    }

    public readonly record struct Pass(WriteGate? Gate) : IDisposable
    {
        public void Dispose() => Gate?.Leave();
    }

    private sealed class Unmark : IDisposable
    {
        public void Dispose() => Inside.Value = false;
    }
}
