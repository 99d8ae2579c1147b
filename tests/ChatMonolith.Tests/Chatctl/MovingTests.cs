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
        await first.Stop();

        (await ChatctlRun.On(first, "", "export", "--output", folder["a"])).Succeeds();
        await using var second = await RunningServer.Prepare(Engine.PostgreSql);
        (await ChatctlRun.On(second, "", "import", "--from", folder["a"])).Succeeds().Output.ShouldContain("whose digests are the export's");
        (await ChatctlRun.On(second, "", "import", "--from", folder["a"])).ExitCode.ShouldBe(2);
        (await ChatctlRun.On(second, "", "export", "--output", folder["b"])).Succeeds();
        await using var third = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.On(third, "", "import", "--from", folder["b"])).Succeeds();
        foreach (var server in (RunningServer[])[second, third])
        {
            await server.Restart();
            await using var again = await Person.Known(server, ann);
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
}
