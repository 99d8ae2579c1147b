namespace ChatMonolith.Files.Blobs;

/// <summary>
/// Keeps blobs while a backup reads them: a removal that has begun is waited for, and none begins while somebody holds. What a row refers
/// to at the moment of holding is there until the end.
/// </summary>
internal sealed class BlobHolds
{
    private readonly Lock sync = new();
    private int holds;
    private int removals;
    private TaskCompletionSource? idle;

    public async Task<IDisposable> Hold(CancellationToken ct)
    {
        Task? wait;
        lock (sync)
        {
            holds++;
            wait = removals == 0 ? null : (idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        var held = new End(() => Change(ref holds));
        try
        {
            await (wait ?? Task.CompletedTask).WaitAsync(ct);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>To be disposed when the removal is over; null: not now.</summary>
    public IDisposable? BeginRemoval()
    {
        lock (sync)
        {
            if (holds > 0)
            {
                return null;
            }

            removals++;
            return new End(() => Change(ref removals));
        }
    }

    private void Change(ref int count)
    {
        lock (sync)
        {
            count--;
            if (removals == 0)
            {
                idle?.TrySetResult();
                idle = null;
            }
        }
    }

    private sealed class End(Action end) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                end();
            }
        }
    }
}
