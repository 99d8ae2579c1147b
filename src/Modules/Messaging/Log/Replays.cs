using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging.Log;

/// <summary>A part of a room's log as frames.</summary>
/// <param name="Frames">In order; none where the log cannot be told from there.</param>
/// <param name="Last">The number after which the log goes on.</param>
internal sealed record ReplayPage(IReadOnlyList<OutFrame> Frames, long Last);

/// <summary>
/// What is replayed to those who were away: read and encoded once for all who missed the same, as a room's members do after an outage.
/// A page is known by where it begins and by the log's end at its reading. An edit, a deletion and an expiry are entries too and move
/// the end, so what they changed is never told from an older page.
/// </summary>
internal sealed class Replays(IServiceScopeFactory scopes, Admission admission) : IDisposable
{
    public const int PageSize = 200;
    private const int MostBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(10);
    private readonly MemoryCache pages = new(new MemoryCacheOptions { SizeLimit = MostBytes });
    private readonly ConcurrentDictionary<Key, Lazy<Task<ReplayPage>>> underWay = new();

    /// <summary>Entries above <paramref name="after"/>, at most <see cref="PageSize"/> of them and none above <paramref name="upTo"/>.</summary>
    public async ValueTask<ReplayPage> Room(Guid roomId, long after, long upTo, CancellationToken ct)
    {
        var key = new Key(roomId, after, upTo);
        if (pages.TryGetValue(key, out ReplayPage? page))
        {
            return page!;
        }

        // The read belongs to all who wait for it: that one of them leaves must not end it.
        var reading = underWay.GetOrAdd(key, k => new Lazy<Task<ReplayPage>>(() => Read(k)));
        return await reading.Value.WaitAsync(ct);
    }

    public void Dispose() => pages.Dispose();

    private async Task<ReplayPage> Read(Key key)
    {
        try
        {
            var page = await admission.Resumes.Through(ct => ReadNow(key, ct), CancellationToken.None);
            pages.Set(key, page, new MemoryCacheEntryOptions { Size = page.Frames.Sum(f => (long)f.Bytes.Length) + 256, AbsoluteExpirationRelativeToNow = KeepFor });
            return page;
        }
        finally
        {
            underWay.TryRemove(key, out _);
        }
    }

    private async Task<ReplayPage> ReadNow(Key key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var entries = await scope.ServiceProvider.GetRequiredService<LogReader>().Room(key.RoomId, key.After, key.UpTo, PageSize, ct);
        return new ReplayPage(
            [.. entries.Select(e => EntryFrames.Room(key.RoomId, e.Seq, e.At, e.Entry))],
            entries.Count == 0 ? key.After : entries[^1].Last);
    }

    private sealed record Key(Guid RoomId, long After, long UpTo);
}
