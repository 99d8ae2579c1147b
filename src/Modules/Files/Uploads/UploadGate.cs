using System.Collections.Concurrent;
using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Files.Uploads;

/// <summary>
/// One request at a time writes an upload. A client whose connection was cut comes back before the server has noticed: the new request
/// asks the old one to end, waits until what that one got is durable, and goes on.
/// </summary>
internal sealed class UploadGate(TimeProvider time)
{
    private const int MostHashes = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<Guid, Hold> holds = new();
    private readonly ConcurrentDictionary<Guid, Running> hashes = new();

    /// <exception cref="TimeoutException">The request before does not end.</exception>
    public async Task<Hold> Enter(Guid uploadId, CancellationToken ct)
    {
        var mine = new Hold(this, uploadId);
        var began = time.GetTimestamp();
        while (!holds.TryAdd(uploadId, mine))
        {
            if (holds.TryGetValue(uploadId, out var other))
            {
                await other.End().WaitAsync(Patience, ct);
            }

            if (time.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException("Another request goes on with this upload.");
            }
        }

        return mine;
    }

    /// <summary>The hash up to <paramref name="offset"/>, which is then the caller's; null where this process does not have it.</summary>
    public IncrementalHash? TakeHash(Guid uploadId, long offset)
    {
        if (offset == 0)
        {
            Forget(uploadId);
            return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }

        if (!hashes.TryRemove(uploadId, out var running))
        {
            return null;
        }

        if (running.Offset == offset)
        {
            return running.Hash;
        }

        running.Hash.Dispose();
        return null;
    }

    public void KeepHash(Guid uploadId, long offset, IncrementalHash hash)
    {
        if (hashes.Count >= MostHashes)
        {
            var old = time.Now() - (long)Idle.TotalMilliseconds;
            foreach (var (id, running) in hashes)
            {
                if (running.At < old)
                {
                    Forget(id);
                }
            }
        }

        if (hashes.Count < MostHashes)
        {
            hashes[uploadId] = new Running(hash, offset, time.Now());
        }
        else
        {
            hash.Dispose();
        }
    }

    public void Forget(Guid uploadId)
    {
        if (hashes.TryRemove(uploadId, out var running))
        {
            running.Hash.Dispose();
        }
    }

    internal sealed class Hold(UploadGate gate, Guid uploadId) : IDisposable
    {
        private readonly CancellationTokenSource interrupted = new();
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Somebody else wants to go on.</summary>
        public CancellationToken Interrupted => interrupted.Token;

        public Task End()
        {
            try
            {
                interrupted.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }

            return released.Task;
        }

        public void Dispose()
        {
            gate.holds.TryRemove(new KeyValuePair<Guid, Hold>(uploadId, this));
            released.TrySetResult();
            interrupted.Dispose();
        }
    }

    private sealed record Running(IncrementalHash Hash, long Offset, long At);
}
