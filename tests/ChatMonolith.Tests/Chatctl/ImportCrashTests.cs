using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>An import that is killed leaves an empty server, never half of one, and is begun again by the same command.</summary>
public sealed class ImportCrashTests
{
    private const int Messages = 12_000;
    private const int Files = 40;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task C1_an_import_killed_while_it_writes_leaves_an_empty_server_and_the_next_one_is_whole(Engine engine)
    {
        using var folder = new TemporaryFolder();
        var archive = Export().Zip(folder["export.zip"]);
        await using var server = await RunningServer.Prepare(engine);
        string[] arguments = ["import", "slack", "--data", server.DataFolder, archive];

        // The first dies when everything is read and converted, and files or rows are being written.
        await using (var first = ChatctlRun.Begin(server, arguments))
        {
            await Deadline.Until(() => File.Exists(Path.Combine(server.DataFolder + ".importing", "export", "export.json")), "the import to begin to write", TimeSpan.FromMinutes(1));
            await first.Kill9();
            first.Output.ShouldNotContain("imported:");
        }

        if (engine is Engine.Sqlite)
        {
            // Whoever starts the server now finds an empty one, that waits for its first admin.
            await server.Restart();
            (await server.Anonymous.Post("auth/login", new { login = "ann", password = Imported.Password })).Fails(401, "invalid_credentials");
            server.Output.ShouldContain("no admin yet");
            await server.Stop();
        }

        (await ChatctlRun.Run(server, arguments)).Succeeds();
        Directory.Exists(server.DataFolder + ".importing").ShouldBeFalse();
        using var ann = await Imported.Enter(server, "ann");
        var room = (await Imported.Rooms(ann))["general"];
        room.GetProperty("lastSeq").GetInt64().ShouldBe(Messages + 2);
        var last = (await Imported.Messages(ann, room))[^1];
        last.Text().ShouldBe($"message {Messages - 1}");

        // A second import finds that somebody is there.
        await server.Stop();
        (await ChatctlRun.Run(server, arguments)).Refuses("not empty");
    }

    private static ForeignArchive Export()
    {
        var archive = new ForeignArchive()
            .Json("users.json", new object[] { new { id = "U1", name = "ann", is_owner = true, profile = new { real_name = "Ann" } }, new { id = "U2", name = "bob", profile = new { real_name = "Bob" } } })
            .Json("channels.json", new object[] { new { id = "C1", name = "general", is_general = true, members = new[] { "U1", "U2" } } })
            .Json("general/2024-01-01.json", Enumerable.Range(0, Messages).Select(i => new
            {
                type = "message",
                user = i % 3 == 0 ? "U1" : "U2",
                ts = $"{1_704_100_000 + i}.000100",
                text = $"message {i}",
                files = i < Files ? new[] { new { id = "F" + i, name = "a.bin" } } : null,
            }));
        for (var i = 0; i < Files; i++)
        {
            archive.Add($"__uploads/F{i}/a.bin", FilePeople.Random(20_000));
        }

        return archive;
    }
}
