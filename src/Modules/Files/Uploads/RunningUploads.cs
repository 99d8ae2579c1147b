using System.Collections.Concurrent;
using ChatMonolith.Contracts.Auth;

namespace ChatMonolith.Files.Uploads;

/// <summary>The requests that bring bytes just now, by session: they end with it, also where nothing comes and nobody would ask.</summary>
internal sealed class RunningUploads : ISessionWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Running, bool> all = new();

    public Running Begin(Guid sessionId)
    {
        var running = new Running(this, sessionId);
        all[running] = true;
        return running;
    }

    public async Task End(IReadOnlyCollection<Guid> sessionIds)
    {
        var over = all.Keys.Where(r => sessionIds.Contains(r.SessionId)).ToArray();
        try
        {
            await Task.WhenAll(over.Select(r => r.Stop())).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            // A disk that does not answer: what it still takes belongs to no session, and is refused where it would become a file.
        }
    }

    internal sealed class Running(RunningUploads owner, Guid sessionId) : IDisposable
    {
        private readonly CancellationTokenSource stopped = new();
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid SessionId => sessionId;

        public CancellationToken Stopped => stopped.Token;

        public Task Stop()
        {
            try
            {
                stopped.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }

            return released.Task;
        }

        public void Dispose()
        {
            owner.all.TryRemove(this, out _);
            released.TrySetResult();
            stopped.Dispose();
        }
    }
}
