using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ChatMonolith.BuildingBlocks.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>Hears of sockets that come and go, on the hub's loop: it must not block.</summary>
public interface IConnectionObserver
{
    void Opened(Connection connection);

    void Closed(Connection connection);
}

/// <summary>
/// The one sequencer of everything that sockets are told. All that changes who listens to what, and all that is published, runs on
/// its one loop in the order in which it was posted; so a removal has a definite place between two events, and no lock is taken per
/// member. It does no I/O and knows no feature: topics and frames in, frames out.
/// </summary>
public sealed class Hub : BackgroundService, IMeasured
{
    private const int ActionsBeforeFlush = 64;

    [ThreadStatic]
    private static Floor? current;

    private readonly Channel<Action<Floor>> work = Channel.CreateUnbounded<Action<Floor>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Floor floor;
    private readonly ILogger<Hub> logger;

    public Hub(Lazy<IEnumerable<IConnectionObserver>> observers, TimeProvider time, ILogger<Hub> logger)
    {
        floor = new Floor(observers, time);
        this.logger = logger;
    }

    /// <summary>The floor, while this thread runs the loop.</summary>
    internal static Floor? OnLoop => current;

    /// <summary>As it is at some moment of the loop's turn, as <see cref="Measure"/> has it.</summary>
    public int Sockets => floor.ConnectionCount;

    /// <summary>Rooms and people that are listened to; the same.</summary>
    public int Topics => floor.TopicCount;

    /// <summary>Queues work for the loop, in order.</summary>
    /// <returns>False once the loop has ended; then it never runs.</returns>
    public bool Post(Action<Floor> action) => work.Writer.TryWrite(action);

    /// <summary>Runs on the loop, after everything that was posted before, and returns its answer.</summary>
    public Task<T> Ask<T>(Func<Floor, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = Post(f =>
        {
            try
            {
                answer.SetResult(question(f));
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        if (!accepted)
        {
            answer.SetCanceled();
        }

        return answer.Task;
    }

    public Task Do(Action<Floor> action) => Ask(f =>
    {
        action(f);
        return true;
    });

    /// <summary>The loop writes these numbers, and whoever asks reads them as they are at some moment of its turn.</summary>
    public void Measure(Meter meter)
    {
        meter.CreateObservableUpDownCounter("chat.sockets", () => floor.ConnectionCount, "{socket}", "Open sockets");
        meter.CreateObservableCounter("chat.events", () => floor.Published, "{event}", "Durable events that were handed out");
        meter.CreateObservableCounter("chat.deliveries", () => floor.Deliveries, "{delivery}", "Durable events handed to a socket, once for each socket");
    }

    public override void Dispose()
    {
        work.Writer.TryComplete();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The loop outlives the stop signal: what was committed is still handed out while sockets drain.
        await Task.Yield();
        while (await work.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            current = floor;
            try
            {
                for (var done = 0; done < ActionsBeforeFlush && work.Reader.TryRead(out var action); done++)
                {
                    Run(action);
                }

                Run(static f => f.Flush());
            }
            finally
            {
                current = null;
            }
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        work.Writer.TryComplete();
        return ExecuteTask ?? Task.CompletedTask;
    }

    private void Run(Action<Floor> action)
    {
        try
        {
            action(floor);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The hub's loop met a defect; it goes on");
        }
    }
}
