using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>C13: wherever a restore is killed, the folder holds the old data or the new, whole.</summary>
public sealed class RestoreCrashTests
{
    private static readonly string[] Old = ["chat.db", "chat.db-wal", "secret.key", "blobs", "chat.witness"];
    private static readonly string[] Fresh = ["chat.db", "secret.key", "blobs"];

    [Fact]
    public void C13_a_swap_that_was_cut_after_any_of_its_steps_is_ended_by_whoever_opens_the_folder_next()
    {
        // Moves out, then moves in; the marker says which of the two it is.
        for (var cut = 0; cut <= Old.Length + Fresh.Length; cut++)
        {
            using var folder = new TemporaryFolder();
            var id = new string('a', 32);
            var (root, fresh, before) = (folder.Root, folder[RestoreSwap.NewFolder], folder[RestoreSwap.OldFolder(id)]);
            Directory.CreateDirectory(fresh);
            Directory.CreateDirectory(before);
            Array.ForEach(Old, n => Make(root, n, "old"));
            Array.ForEach(Fresh, n => Make(fresh, n, "new"));
            foreach (var name in Old.Take(cut))
            {
                Directory.Move(Path.Combine(root, name), Path.Combine(before, name));
            }

            foreach (var name in Fresh.Take(cut - Old.Length))
            {
                Directory.Move(Path.Combine(fresh, name), Path.Combine(root, name));
            }

            File.WriteAllText(folder[RestoreSwap.MarkerFile], $$"""{"Id":"{{id}}","Step":{{(cut > Old.Length ? 1 : 0)}}}""");
            RestoreSwap.Finish(root);
            foreach (var name in Fresh)
            {
                Content(root, name).ShouldBe("new", $"cut after {cut}");
            }

            foreach (var name in Old)
            {
                Content(before, name).ShouldBe("old", $"cut after {cut}");
            }

            Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).ShouldBe([.. Fresh, Path.GetFileName(before)], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task C13_a_restore_that_is_killed_at_any_moment_leaves_a_server_that_starts_with_all_of_the_old_or_all_of_the_new()
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(Engine.Sqlite, set.Settings);
        await using var admin = await server.Register("admin");
        var (kept, later) = (await admin.CreateRoom("kept"), Guid.Empty);
        await admin.Post(kept, "in the backup");
        var file = await admin.Store("a.bin", FilePeople.Random(200_000));
        await admin.BackUp();
        set.Keep(server);
        later = await admin.CreateRoom("later");
        await admin.Post(later, "not in the backup");
        await server.Stop();
        var dice = Dice.FromEnvironment();
        var restored = false;
        for (var round = 0; round < (Depth.IsDeep ? 40 : 4) || !restored; round++)
        {
            round.ShouldBeLessThan(80);
            var before = Directory.EnumerateFileSystemEntries(server.DataFolder).Count();
            await using var run = ChildProcess.Start("dotnet", [Repository.ChatctlBinary, "backup", "restore", "--replace", "--data", server.DataFolder, .. set.Opening]);

            // Killed when it has begun to write there, at once or a little later; the last ones are let end.
            await Deadline.Until(() => run.HasExited || Directory.Exists(Path.Combine(server.DataFolder, RestoreSwap.NewFolder)) || Directory.EnumerateFileSystemEntries(server.DataFolder).Count() != before, "the restore to begin", TimeSpan.FromSeconds(60));
            if (round < (Depth.IsDeep ? 38 : 3))
            {
                var until = dice.Next(60);
                await Deadline.Until(() => run.HasExited || until-- <= 0, "the moment of the kill");
                await run.Kill9();
            }
            else
            {
                (await run.Exited(TimeSpan.FromMinutes(1))).ShouldBe(0, run.Output);
            }

            await server.Restart();
            await using var again = await Person.Known(server, admin);
            (await again.Http.Get($"rooms/{kept}/messages")).Ok(200).Text.ShouldContain("in the backup");
            (await again.Download(file.Id())).Length.ShouldBe(200_000);
            var there = (await again.Http.Get($"rooms/{later}/messages")).Status;
            there.ShouldBeOneOf(200, 404);
            restored |= there == 404;
            (await server.Stop()).ShouldBe(0);
        }
    }

    private static void Make(string folder, string name, string content)
    {
        if (name == "blobs")
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.WriteAllText(Path.Combine(folder, name, "b"), content);
        }
        else
        {
            File.WriteAllText(Path.Combine(folder, name), content);
        }
    }

    private static string Content(string folder, string name) => File.ReadAllText(name == "blobs" ? Path.Combine(folder, name, "b") : Path.Combine(folder, name));
}
