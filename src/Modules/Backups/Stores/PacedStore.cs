namespace ChatMonolith.Backups.Stores;

/// <summary>Reads and writes no faster than a number of bytes a second, so that people do not wait for a backup.</summary>
internal sealed class PacedStore(IBackupStore inner, long bytesPerSecond, TimeProvider time) : IBackupStore
{
    private readonly Lock sync = new();
    private long freeAt = time.GetTimestamp();

    public string Place => inner.Place;

    public async Task Write(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await Wait(bytes.Length, ct).ConfigureAwait(false);
        await inner.Write(name, bytes, ct).ConfigureAwait(false);
    }

    public async Task<Stream?> Read(string name, CancellationToken ct)
    {
        await Wait(await inner.Length(name, ct).ConfigureAwait(false) ?? 0, ct).ConfigureAwait(false);
        return await inner.Read(name, ct).ConfigureAwait(false);
    }

    public Task<long?> Length(string name, CancellationToken ct) => inner.Length(name, ct);

    public IAsyncEnumerable<StoreEntry> List(string folder, CancellationToken ct) => inner.List(folder, ct);

    public Task Remove(string name, CancellationToken ct) => inner.Remove(name, ct);

    public void Dispose() => inner.Dispose();

    private async Task Wait(long bytes, CancellationToken ct)
    {
        TimeSpan wait;
        lock (sync)
        {
            var now = time.GetTimestamp();
            freeAt = Math.Max(freeAt, now);
            wait = time.GetElapsedTime(now, freeAt);
            freeAt += (long)(bytes * (double)time.TimestampFrequency / bytesPerSecond);
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, ct).ConfigureAwait(false);
        }
    }
}
