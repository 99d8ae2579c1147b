using System.Threading.Tasks.Sources;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// What a connection's writer waits on while its outbox is empty. A semaphore that can be cancelled allocates and takes locks of its
/// own at each wait, which cost more than the write; here nothing is allocated, and the connection's lock, under which
/// <see cref="Begin"/> and <see cref="End"/> are called, is the only one. The writer goes on in the thread pool, never inside of End.
/// </summary>
internal sealed class WriterSleep : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> core = new() { RunContinuationsAsynchronously = true };

    /// <summary>The writer is about to wait.</summary>
    public void Begin() => core.Reset();

    /// <summary>Once for each <see cref="Begin"/>.</summary>
    public void End() => core.SetResult(true);

    /// <summary>For the one writer, once after each <see cref="Begin"/>.</summary>
    public ValueTask Wait() => new(this, core.Version);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
