using ChatMonolith.Tests.Admin;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>An import that is killed leaves an empty server, never half of one, and is begun again by the same command.</summary>
public sealed class ImportCrashTests
{
    private const int Messages = 6_000;
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
            // Whoever starts a server on what is left finds an empty one, that waits for its first admin.
            await using var started = await RunningServer.Prepare(engine);
            Copy(server.DataFolder, started.DataFolder);
            await started.Restart();
            await Deadline.Until(() => started.Output.Contains("no admin yet", StringComparison.Ordinal), "the server to ask for its first admin");
        }

        (await ChatctlRun.Run(server, arguments)).Succeeds();
        Directory.Exists(server.DataFolder + ".importing").ShouldBeFalse();
        await using (var data = await StoppedData.Open(server))
        {
            (await data.Execute("UPDATE msg_messages SET edited_at = edited_at")).ShouldBe(Messages);
            (await data.Execute("UPDATE files_files SET missing_at = missing_at")).ShouldBe(Files);
            (await data.Execute("UPDATE msg_heads SET seq = seq WHERE seq = 6002")).ShouldBe(1);
        }

        // A second import finds that somebody is there.
        (await ChatctlRun.Run(server, arguments)).Refuses("not empty");
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
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
