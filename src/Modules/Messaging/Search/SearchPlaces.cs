namespace ChatMonolith.Messaging.Search;

/// <summary>
/// How many searches run at once: half of the processors, so that whatever is asked, messages find one. Who finds no place stands in line,
/// and is told to come again when that takes long.
/// </summary>
internal sealed class SearchPlaces : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim places = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <returns>To be disposed when the search is over; null when there was no place in time.</returns>
    public async Task<IDisposable?> Take(CancellationToken ct) => await places.WaitAsync(Patience, ct) ? new Place(places) : null;

    public void Dispose() => places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
