using ChatMonolith.BuildingBlocks.Errors;

namespace ChatMonolith.Messaging.Log;

/// <summary>When what waits in the tail (<see cref="LogTail"/>) is merged: before anybody reads, and soon in calm.</summary>
/// <param name="time">The clock.</param>
/// <param name="run">Has the writer merge all that waits.</param>
internal sealed class Merges(TimeProvider time, Func<Task<Result<Nothing>>> run) : IAsyncDisposable
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(2);

    /// <summary>More than that is merged at its pace while people still write: at one go it would keep them waiting.</summary>
    private const int AtOnce = 4_096;
    private readonly Lock sync = new();
    private Task<Result<Nothing>>? running;
    private ITimer? soon;
    private volatile int unmerged;
    private long committed;
    private long committedAtLook;

    /// <summary>Committed entries that are not in the indexed tables yet.</summary>
    public int Unmerged => unmerged;

    public void Start() => soon = time.CreateTimer(_ => InCalm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>At once where nothing waits: so it is asked before each read.</summary>
    /// <exception cref="TimeoutException">The log takes no work just now.</exception>
    public ValueTask Settle(CancellationToken ct) => unmerged == 0 ? ValueTask.CompletedTask : new ValueTask(Merge(ct));

    /// <summary>Something was committed.</summary>
    /// <param name="waiting">So much waits now.</param>
    /// <param name="items">So much was committed.</param>
    public void Look(int waiting, int items)
    {
        var before = unmerged;
        unmerged = waiting;
        Volatile.Write(ref committed, committed + items);
        if (waiting > 0 && before == 0)
        {
            soon!.Change(After, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => soon?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>
    /// One merge for all who wait: what a caller knows to be committed was committed by an earlier batch than the merge's, or by the
    /// very same one, which then wrote it into the tables at once.
    /// </summary>
    private async Task Merge(CancellationToken ct)
    {
        Task<Result<Nothing>> merge;
        lock (sync)
        {
            merge = running is { IsCompleted: false } ? running : running = run();
        }

        var merged = await merge.WaitAsync(ct).ConfigureAwait(false);
        if (!merged.IsOk)
        {
            throw new TimeoutException($"The log does not answer: {merged.Error.Code}.");
        }
    }

    /// <summary>Merges what waits, or looks again later while much waits and more is being written.</summary>
    private void InCalm()
    {
        var (added, now) = (committedAtLook, Volatile.Read(ref committed));
        committedAtLook = now;
        if (unmerged > AtOnce && now != added)
        {
            soon!.Change(After, Timeout.InfiniteTimeSpan);
        }
        else if (unmerged > 0)
        {
            _ = Merge(CancellationToken.None);
        }
    }
}
