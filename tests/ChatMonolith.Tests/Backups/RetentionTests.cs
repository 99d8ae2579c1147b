using ChatMonolith.Backups;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>Which backups go, and what goes with them.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly BackupsOptions Options = new() { KeepLast = 3, KeepDaily = 4, KeepWeekly = 2, KeepMonthly = 3 };

    [Fact]
    public void The_last_ones_stay_and_the_newest_of_each_of_the_last_days_weeks_and_months()
    {
        // One each night for half a year, and three more on the last day.
        var nights = Enumerable.Range(0, 180).Select(i => Noon.AddDays(-i)).ToArray();
        var points = nights.Concat([Noon.AddMinutes(-1), Noon.AddMinutes(-2), Noon.AddMinutes(-3)]).Select(at => (Id: Guid.CreateVersion7(at), At: at.ToUnixTimeMilliseconds())).ToArray();
        var kept = new Pruning(Options, TimeProvider.System).Kept(points);
        points.Where(p => kept.Contains(p.Id)).Select(p => DateTimeOffset.FromUnixTimeMilliseconds(p.At)).ShouldBe(
            [
                Noon, Noon.AddMinutes(-1), Noon.AddMinutes(-2),
                nights[1], nights[2], nights[3],
                new DateTimeOffset(2026, 12, 27, 12, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2026, 10, 31, 12, 0, 0, TimeSpan.Zero),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_backup_goes_with_what_it_alone_needs_and_nothing_goes_while_one_cannot_be_read()
    {
        using var folders = new TemporaryFolder();
        Directory.CreateDirectory(folders["own"]);
        Directory.CreateDirectory(folders["other"]);
        using var own = SigningKey.Own(folders["own"]);
        using var other = SigningKey.Own(folders["other"]);
        var store = new MemoryStore(new Dictionary<string, byte[]>(StringComparer.Ordinal));
        var foreign = await Point(store, other, Noon.AddMinutes(-9), '9');
        var oldest = await Point(store, own, Noon.AddMinutes(-4), '1', '2');
        Guid[] later = [await Point(store, own, Noon.AddMinutes(-3), '2', '3'), await Point(store, own, Noon.AddMinutes(-2), '3'), await Point(store, own, Noon, '4')];
        await store.Write(StoreNames.OfObject(Name('8')), new byte[1], CancellationToken.None);

        // Another server has written it just now, and its point is still to come.
        await store.Write(StoreNames.OfObject(Name('7')), new byte[1], CancellationToken.None);
        store.Written[StoreNames.OfObject(Name('7'))] = TimeProvider.System.GetUtcNow().AddHours(-23);

        // One that is cut: what it needs is not known.
        var whole = store.Files[StoreNames.OfPoint(oldest)];
        await store.Write(StoreNames.OfPoint(oldest), whole.AsMemory(0, 40), CancellationToken.None);
        var before = store.Files.Keys.ToArray();
        (await new Pruning(Options, TimeProvider.System).Run(store, own.Public, CancellationToken.None)).ShouldBe((0, 0));
        store.Files.Keys.ShouldBe(before, ignoreOrder: true);

        await store.Write(StoreNames.OfPoint(oldest), whole, CancellationToken.None);
        (await new Pruning(Options, TimeProvider.System).Run(store, own.Public, CancellationToken.None)).ShouldBe((1, 2));
        store.Files.Keys.ShouldBe(
            [
                .. later.Append(foreign).SelectMany(id => new[] { StoreNames.OfPoint(id), StoreNames.OfManifest(id) }),
                .. "23479".Select(c => StoreNames.OfObject(Name(c))),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_point_that_is_removed_while_the_list_is_read_is_not_in_it()
    {
        using var folders = new TemporaryFolder();
        Directory.CreateDirectory(folders["own"]);
        using var own = SigningKey.Own(folders["own"]);
        using var store = new FolderStore(folders["store"], make: true);
        Guid[] points = [await Point(store, own, Noon.AddMinutes(-2), '1'), await Point(store, own, Noon.AddMinutes(-1), '1'), await Point(store, own, Noon, '1')];

        // The list has all names when it gives out the first.
        var listed = new List<string>();
        await foreach (var entry in store.List(StoreNames.Points, CancellationToken.None))
        {
            if (listed.Count == 0)
            {
                foreach (var id in points.Where(p => StoreNames.OfPoint(p) != entry.Name))
                {
                    await store.Remove(StoreNames.OfPoint(id), CancellationToken.None);
                }
            }

            listed.Add(entry.Name);
        }

        listed.Count.ShouldBe(1);
        (await Catalogue.Points(store, own.Public, CancellationToken.None)).ShouldHaveSingleItem().Body.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_unfinished_goes_once_it_is_a_day_old()
    {
        using var folders = new TemporaryFolder();
        using var store = new FolderStore(folders["store"], make: true);
        var unfinished = new[] { "old", "young" }.Select(name => Path.Combine(folders["store"], "unfinished", name)).ToArray();
        foreach (var file in unfinished)
        {
            await File.WriteAllTextAsync(file, "half of it");
        }

        var now = TimeProvider.System.GetUtcNow();
        File.SetLastWriteTimeUtc(unfinished[0], now.UtcDateTime.AddHours(-25));
        store.Tidy(now - StoreNames.Young);
        unfinished.Where(File.Exists).ShouldBe([unfinished[1]]);
        await store.Write(StoreNames.OfObject(Name('1')), new byte[1], CancellationToken.None);
        (await store.List(StoreNames.Objects, CancellationToken.None).ToListAsync()).ShouldHaveSingleItem().At.ShouldBeGreaterThan(now.AddMinutes(-1));
    }

    private static string Name(char digit) => new(digit, 64);

    private static async Task<Guid> Point(IBackupStore store, SigningKey signer, DateTimeOffset at, params char[] objects)
    {
        var id = Guid.CreateVersion7(at);
        var body = new PointBody
        {
            Id = id,
            CreatedAt = at.ToUnixTimeMilliseconds(),
            Database = "sqlite",
            Reason = "request",
            Bytes = 1,
            Files = 0,
            Keys = [],
            Manifest = new ObjectFact(id.ToString("N"), 1, Name('0')),
            Objects = [.. objects.Select(o => new ObjectFact(Name(o), 1, Name('0')))],
        };
        foreach (var o in objects)
        {
            await store.Write(StoreNames.OfObject(Name(o)), new byte[1], CancellationToken.None);
        }

        await store.Write(StoreNames.OfManifest(id), new byte[1], CancellationToken.None);
        await store.Write(StoreNames.OfPoint(id), PointFile.Write(body, signer), CancellationToken.None);
        return id;
    }
}
