using ChatMonolith.BuildingBlocks.Persistence;

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

    /// <summary>
    /// In a place that was taken. SQLite works on the thread that asks it, for tens of milliseconds: so on one of its own, and not on one
    /// of the pool's, of which there are no more than processors and for which messages would wait.
    /// </summary>
    public static Task<SearchHits> Walk(Database database, SearchRequest search, CancellationToken ct) =>
        database.IsSqlite
            ? Task.Factory.StartNew(() => WalkHere(database, search, ct), ct, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap()
            : WalkHere(database, search, ct);

    public void Dispose() => places.Dispose();

    private static async Task<SearchHits> WalkHere(Database database, SearchRequest search, CancellationToken ct)
    {
        await using var store = await SearchStore.Open(database, ct);
        return await new SearchWalk(store, search).Run(ct);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
