using System.Collections.Concurrent;
using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>C12: a backup is of one instant, whatever is written meanwhile.</summary>
public sealed class BackupUnderLoadTests
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task C12_a_backup_under_load_holds_a_prefix_of_each_log_and_a_killed_one_leaves_the_earlier_ones_whole(Engine engine)
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(engine, set.Settings);
        await using var admin = await server.Register("admin");
        Guid[] rooms = [await admin.CreateRoom("one"), await admin.CreateRoom("two"), await admin.CreateRoom("three")];
        var files = new ConcurrentBag<(Guid Room, Guid Id, string Hash)>();
        using var ended = new CancellationTokenSource();
        var load = Task.WhenAll(rooms.Select((room, i) => Load(admin, room, i, files, ended.Token)));
        await Deadline.Until(() => files.Count >= 3, "the load to begin", TimeSpan.FromSeconds(30));
        await admin.BackUp();
        set.Keep(server);
        await ended.CancelAsync();
        await load;
        var live = new Dictionary<Guid, string[]>();
        foreach (var room in rooms)
        {
            live[room] = [.. (await admin.Events(room)).Select(e => e.GetRawText())];
        }

        // The next one is killed with its server, wherever it is.
        (await admin.Http.Post("admin/backups")).Ok(202);
        await server.Kill9();
        (await set.Verify("--all")).Succeeds();
        await server.Restart();
        await admin.LogIn();
        await admin.BackUp();
        (await set.Verify("--all")).Succeeds();

        await using var second = await RunningServer.Prepare(engine, set.Settings);
        var first = Directory.GetFiles(Path.Combine(set.Store, "points")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).First()!;
        (await set.Restore(second, "--point", first)).Succeeds();
        await second.Restart();
        await using var again = await Person.Known(second, admin);
        foreach (var room in rooms)
        {
            var restored = (await again.Events(room)).Select(e => e.GetRawText()).ToArray();
            restored.Length.ShouldBeInRange(2, live[room].Length);
            restored.ShouldBe(live[room][..restored.Length]);
        }

        // Every file whose message is there has its bytes.
        foreach (var (room, id, hash) in files)
        {
            if ((await again.Http.Get($"files/{id}")).Status == 200)
            {
                FilePeople.Sha256(await again.Download(id)).ShouldBe(hash, room.ToString());
            }
        }
    }

    private static async Task Load(Person person, Guid room, int number, ConcurrentBag<(Guid Room, Guid Id, string Hash)> files, CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            await person.Post(room, $"{number}: {i}");
            if (i % 10 == 0)
            {
                var bytes = FilePeople.Random(20_000);
                var shared = await person.Share(room, $"{i}.bin", bytes);
                files.Add((room, shared["file"].GetProperty("id").GetGuid(), FilePeople.Sha256(bytes)));
            }
        }
    }
}
