using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>From a running server into a backup, and from there into a server that is the same.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_server_that_was_restored_elsewhere_has_the_same_logs_and_files_and_asks_everybody_to_log_in(Engine engine)
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(engine, [.. set.Settings, ("Backup__DrillKey", "true")]);
        await using var admin = await server.Register("admin");
        await using var ann = await server.Register("ann");
        var room = await ann.CreateRoom("plans", "private", admin);
        var first = await ann.Post(room, "the first");
        (await ann.Http.Patch($"messages/{first.Id()}", new { text = "the first, mended" })).Ok();
        (await admin.Http.Put($"messages/{first.Id()}/reactions/{Uri.EscapeDataString("👍")}")).Ok();
        var bytes = FilePeople.Random(300_000);
        var file = (await ann.Share(room, "plan.bin", bytes))["file"].GetProperty("id").GetGuid();
        await ann.Connect();
        for (var i = 0; i < 30; i++)
        {
            await ann.Say(room, $"text {i}");
        }

        var point = await admin.BackUp();
        set.Keep(server);
        var (events, digest) = (await ann.Events(room), await Digest(ann, room));
        await ann.Say(room, "after the backup");
        var page = (await admin.Http.Get("admin/backups")).Ok(200);
        page["items"].EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(point);

        // The drill has a key here, and does all that a restore does.
        (await set.Verify()).Succeeds().Output.ShouldContain("decrypted and compared");
        (await admin.Http.Post($"admin/backups/{point}/verify")).Ok(202);
        (await admin.Outcome("verification", "")).GetProperty("ok").GetBoolean().ShouldBeTrue();

        // Once into the data folder, and once beside files of its own, whose medium has lost a byte of each and kept the length.
        var elsewhere = engine is Engine.PostgreSql;
        if (elsewhere)
        {
            Spoil(Path.Combine(server.DataFolder, "blobs"), set["files"]).ShouldBeGreaterThan(0);
        }

        await using var second = await RunningServer.Prepare(engine, [.. set.Settings, .. elsewhere ? [("Storage__Directory", set["files"])] : Array.Empty<(string, string)>()]);
        (await set.Restore(second)).Succeeds().Output.ShouldContain("log in again");
        await second.Restart();
        (await second.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Status.ShouldBe(401);
        (await second.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })).Ok(200);
        await using var again = await Login(second, ann);
        (await again.Events(room)).Select(e => e.ToString()).ShouldBe(events.Select(e => e.ToString()));
        (await Digest(again, room)).ShouldBe(digest);
        (await again.Download(file)).ShouldBe(bytes);
        (await Epoch(again)).ShouldNotBe(await Epoch(ann));

        // It goes on: the next message has the next number.
        (await again.Post(room, "and on")).Seq().ShouldBe(events[^1].Seq() + 1);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_drill_says_whether_it_restored_or_only_compared_hashes(Engine engine)
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(engine, [.. set.Settings, ("Backup__DrillKey", "true")]);
        await using var admin = await server.Register("admin");
        await admin.Post(await admin.CreateRoom("r"), "hello");
        await admin.BackUp();
        set.Keep(server);
        await server.Stop();
        var scratch = set["scratch"];
        var drilled = (await Chatctl.ChatctlRun.Beside(server, "", ["backup", "drill", "--scratch", scratch, .. set.Opening])).Succeeds();
        drilled.Output.ShouldContain("checked: ");
        Directory.EnumerateFileSystemEntries(scratch).Where(Directory.Exists).ShouldNotContain(d => d.Contains("drill", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_backup_adds_only_what_changed_and_both_are_whole()
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(Engine.Sqlite, set.Settings);
        await using var admin = await server.Register("admin");
        await admin.Store("large.bin", FilePeople.Random(9_000_000));
        await admin.BackUp();
        set.Keep(server);
        var before = Size(set);
        await admin.Post(await admin.CreateRoom("r"), "one more");
        await admin.BackUp();
        (Size(set) - before).ShouldBeLessThan(3_000_000);
        (await set.Verify("--all")).Succeeds().Lines.Count(l => l.Contains("is whole", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_passphrase_opens_backups_as_well_and_a_wrong_one_is_told_from_damage()
    {
        using var set = await BackupSet.Make();
        await using var server = await RunningServer.Start(Engine.Sqlite, [.. set.Settings.Where(s => !s.Key.Contains("Recipients", StringComparison.Ordinal)), ("Backup__PassphraseFile", set.PassphraseFile)]);
        await using var admin = await server.Register("admin");
        await admin.BackUp();
        set.Keep(server);
        string[] verify = ["backup", "verify", "--from", set.Store, "--signer", set.SignerFile, "--passphrase-file"];
        (await Chatctl.ChatctlRun.Run([.. verify, set.PassphraseFile])).Succeeds();
        await File.WriteAllTextAsync(set["wrong.txt"], "quite another passphrase\n");
        (await Chatctl.ChatctlRun.Run([.. verify, set["wrong.txt"]])).ExitCode.ShouldBe(4);
        using var other = await BackupSet.Make();
        (await Chatctl.ChatctlRun.Run(["backup", "verify", "--from", set.Store, "--signer", set.SignerFile, "--key", other.KeyFile, "--passphrase-file", other.PassphraseFile])).ExitCode.ShouldBe(4);
        var manifest = Directory.GetFiles(Path.Combine(set.Store, "manifests")).Single();
        var bytes = await File.ReadAllBytesAsync(manifest);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(manifest, bytes);
        (await Chatctl.ChatctlRun.Run([.. verify, set.PassphraseFile])).ExitCode.ShouldBe(1);
    }

    /// <returns>How many files there are.</returns>
    private static int Spoil(string blobs, string target)
    {
        var files = Directory.GetFiles(blobs, "*", SearchOption.AllDirectories);
        foreach (var file in files)
        {
            var copy = Path.Combine(target, Path.GetRelativePath(blobs, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var bytes = File.ReadAllBytes(file);
            bytes[^1] ^= 1;
            File.WriteAllBytes(copy, bytes);
        }

        return files.Length;
    }

    private static long Size(BackupSet set) => new DirectoryInfo(set.Store).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    private static async Task<string> Digest(Person person, Guid room) => (await person.Http.Get($"rooms/{room}/events?after=0&limit=1")).Ok(200)["digest"].GetString()!;

    private static async Task<string> Epoch(Person person) => (await person.Connect()).Hello.GetProperty("epoch").GetString()!;

    private static Task<Person> Login(RunningServer server, Person person) => Person.Known(server, person);
}
