using ChatMonolith.Tests.Admin;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>Everything out of one database and into the other.</summary>
public sealed class MovingTests
{
    [Fact]
    public async Task What_was_exported_from_one_database_is_the_same_on_the_other_and_back()
    {
        using var folder = new TemporaryFolder();
        await using var first = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await first.Register("ann");
        await using var bob = await first.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        var message = await ann.Post(room, "Grüße, \"quoted\" \\ and \u2028 lines\n👩‍👩‍👧");
        (await bob.Http.Put($"messages/{message.Id()}/reactions/{Uri.EscapeDataString("👍")}")).Ok();
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = "changed since" })).Ok();
        var bytes = FilePeople.Random(50_000);
        var file = (await ann.Share(room, "plan.bin", bytes))["file"].GetProperty("id").GetGuid();
        var events = (await ann.Events(room)).Select(e => e.GetRawText()).ToArray();

        // The first of a server is its admin.
        (await ann.Http.Put("admin/settings", new { values = new Dictionary<string, object?> { ["Server:Name"] = "Moved" } })).Ok(200);
        await first.Stop();
        await using (var data = await StoppedData.Open(first))
        {
            await data.Execute("INSERT INTO admin_samples (series, step, at, value, max) VALUES ('a.proof', 60, 60000, 0.1, 12345678901.25), ('a.proof', 60, 120000, -3, 1e-300)");
            await data.Execute("INSERT INTO admin_job_runs (id, job, started_at, ended_at, result, node, trigger, attempt) VALUES (randomblob(16), 'a.proof', 1, 2, 1, 'node', 0, 1)");
        }

        (await ChatctlRun.On(first, "", "export", "--output", folder["a"])).Succeeds();
        await using var second = await RunningServer.Prepare(Engine.PostgreSql);
        (await ChatctlRun.On(second, "", "import", "--from", folder["a"])).Succeeds().Output.ShouldContain("whose digests are the export's");
        (await ChatctlRun.On(second, "", "import", "--from", folder["a"])).ExitCode.ShouldBe(2);
        (await ChatctlRun.On(second, "", "export", "--output", folder["b"])).Succeeds();

        // The audit log, the settings, the jobs' history and the figures, line by line.
        foreach (var name in Directory.EnumerateFiles(Path.Combine(folder["a"], "tables"), "admin_*.jsonl").Select(f => Path.GetFileName(f)!))
        {
            Table(folder["b"], name).ShouldBe(Table(folder["a"], name), name);
        }

        Table(folder["b"], "admin_samples.jsonl").ShouldContain(l => l.Contains("0.1", StringComparison.Ordinal) && l.Contains("12345678901.25", StringComparison.Ordinal));
        await using var third = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.On(third, "", "import", "--from", folder["b"])).Succeeds();
        foreach (var server in (RunningServer[])[second, third])
        {
            await server.Restart();
            await using var again = await Person.Known(server, ann);
            (await server.Anonymous.Get("config")).Ok(200)["name"].GetString().ShouldBe("Moved");
            (await again.Http.Get("admin/audit?action=setting.changed")).Ok(200)["items"].GetArrayLength().ShouldBe(1);
            (await again.Http.Post("admin/audit/verify")).Ok(200)["isWhole"].GetBoolean().ShouldBeTrue();
            (await again.Events(room)).Select(e => e.GetRawText()).ShouldBe(events);
            (await again.Download(file)).ShouldBe(bytes);
            (await again.Post(room, "and on")).Seq().ShouldBe(events.Length + 1);
            await Deadline.Until(async () => (await again.Http.Get("search?q=changed")).Ok(200)["items"].GetArrayLength() == 1, "the search to know the message");
        }

        // A line that was changed is noticed before anything is made.
        var table = Path.Combine(folder["a"], "tables", "msg_messages.jsonl");
        await File.WriteAllTextAsync(table, (await File.ReadAllTextAsync(table)).Replace("changed since", "forged since", StringComparison.Ordinal));
        await using var fourth = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.On(fourth, "", "import", "--from", folder["a"])).Refuses("not what was exported");
        Directory.Exists(fourth.DataFolder).ShouldBeFalse();
    }

    [Fact]
    public async Task One_command_moves_a_server_from_SQLite_and_its_disk_to_PostgreSQL_and_S3()
    {
        await using var s3 = await S3Store.Start();
        await using var old = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await old.Register("ann");
        var room = await ann.CreateRoom("plans");
        await ann.Post(room, "before the move");
        var bytes = FilePeople.Random(70_000);
        var file = (await ann.Share(room, "plan.bin", bytes))["file"].GetProperty("id").GetGuid();
        var events = (await ann.Events(room)).Select(e => e.GetRawText()).ToArray();
        await using var next = await RunningServer.Prepare(Engine.PostgreSql, s3.Settings);
        (await ChatctlRun.On(next, "", "move", "--from", old.DataFolder)).Refuses("is in use by another");
        await old.Stop();
        (await ChatctlRun.On(next, "", "move", "--from", next.DataFolder)).Refuses("a data folder of its own");
        (await ChatctlRun.On(next, "", "move", "--from", old.DataFolder)).Succeeds().Output.ShouldContain("whose digests are the export's");
        Directory.Exists(next.DataFolder + ".moving").ShouldBeFalse("it held all texts in clear");
        Directory.Exists(Path.Combine(next.DataFolder, "blobs")).ShouldBeFalse("the bytes are in the bucket");
        (await ChatctlRun.On(next, "", "move", "--from", old.DataFolder)).Refuses("not empty");
        await next.Restart();
        await using var again = await Person.Known(next, ann);
        (await again.Events(room)).Select(e => e.GetRawText()).ShouldBe(events);
        (await again.Download(file)).ShouldBe(bytes);
        await again.Post(room, "after it");
    }

    [Fact]
    public async Task What_the_format_cannot_hold_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.Start(Engine.Sqlite);
        await server.Stop();
        await using (var data = await StoppedData.Open(server))
        {
            await data.Execute("INSERT INTO admin_samples (series, step, at, value, max) VALUES ('a.proof', 60, 60000, 9e999, 1)");
        }

        (await ChatctlRun.On(server, "", "export", "--output", folder["a"])).Refuses("no finite number");
        await using var other = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.On(other, "", "import", "--from", folder["a"])).Refuses("did not end");
    }

    private static string[] Table(string export, string name) => [.. File.ReadLines(Path.Combine(export, "tables", name)).Order(StringComparer.Ordinal)];
}
