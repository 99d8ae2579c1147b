using System.Globalization;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Reliability;

/// <summary>
/// C2: the disk is full. The server's data folder is a small file system of its own (a tmpfs in the process's own mount namespace), into
/// which the test puts a ballast.
/// </summary>
public sealed class DiskFullTests
{
    private const int MegaBytes = 24;

    [Fact]
    public async Task C2_E8_A_full_disk_acknowledges_nothing_loses_nothing_keeps_reading_and_recovers_by_itself()
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite, ("Data__ReserveMegaBytes", "4"));
        OnASmallDisk(server);
        await server.Restart();
        var ann = await server.Register("ann");
        var bob = await server.Register("bob");
        var room = await ann.CreateRoom("r", "private", bob);
        await ann.Connect();
        var acknowledged = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            await ann.Say(room, Text(i), Key(i));
            acknowledged.Add(Key(i));
        }

        var ballast = Ballast(server);
        Fill(ballast);
        var refused = 0;
        for (var i = 50; i < 2_000 && refused < 20; i++)
        {
            var reply = await ann.Http.Post($"rooms/{room}/messages", new { clientId = Key(i), text = Text(i) });
            if (reply.IsOk)
            {
                acknowledged.Add(Key(i));
                refused = 0;
            }
            else
            {
                reply.Fails(507, "insufficient_storage");
                refused++;
            }
        }

        refused.ShouldBe(20, "the disk is full for good");
        File.Exists(Path.Combine(Path.GetDirectoryName(ballast)!, "reserve")).ShouldBeFalse("it was given up");
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = Key(0), text = Text(0) })).Ok(200);
        for (var i = 0; i < 20; i++)
        {
            await using var elsewhere = await bob.AtAnotherDevice();
            (await server.Anonymous.Post("auth/refresh", new { refreshToken = elsewhere.RefreshToken })).Ok(200);
            (await elsewhere.Http.Post("auth/logout")).Ok(204);
        }

        var first = (await ann.Events(room)).First(e => e.Type() == "message.created");
        (await ann.Http.Delete($"messages/{first.GetProperty("message").Id()}")).Ok(204);
        (await bob.Http.Get($"rooms/{room}/messages?limit=5")).Ok(200);
        (await ann.Http.Get("rooms")).Ok(200);
        var live = await bob.Open();
        (await live.Ask("message.send", new { roomId = room, clientId = "socket", text = Text(0) })).Code().ShouldBe("insufficient_storage");

        File.Delete(ballast);
        await Deadline.Until(async () => (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "after", text = "room again" })).IsOk, "the server to write again", TimeSpan.FromSeconds(10));
        var there = (await bob.History(room)).Select(m => m.Word("clientId")).ToHashSet();
        there.ShouldBeSubsetOf([.. acknowledged, "after", "socket"], "nothing that was refused is there");
        acknowledged.ShouldBeSubsetOf(there, "all that was acknowledged is there");
        await ann.LogIn();
        await Deadline.Until(() => File.Exists(Path.Combine(Path.GetDirectoryName(ballast)!, "reserve")), "the reserve to be there again");
        await server.Kill9();
    }

    [Fact]
    public async Task C2_On_a_disk_that_others_filled_people_log_in_although_nobody_has_written_since()
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite, ("Data__ReserveMegaBytes", "4"));
        OnASmallDisk(server);
        await server.Restart();
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        var ballast = Ballast(server);
        Fill(ballast);
        await Deadline.Until(() => !File.Exists(Path.Combine(Path.GetDirectoryName(ballast)!, "reserve")), "the full disk to be seen");
        await ann.LogIn();
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "during", text = "during" })).Fails(507, "insufficient_storage");
        (await ann.Http.Get("rooms")).Ok(200);

        File.Delete(ballast);
        await Deadline.Until(async () => (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "after", text = "after" })).IsOk, "messages to be taken again", TimeSpan.FromSeconds(10));
        (await ann.History(room)).Select(m => m.Text()).ShouldBe(["after"]);
        await server.Kill9();
    }

    private static void OnASmallDisk(RunningServer server)
    {
        Directory.CreateDirectory(server.DataFolder);
        server.Wrapper = ["unshare", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size={MegaBytes}m,mode=700 tmpfs {server.DataFolder} && exec \"$@\"", "sh"];
    }

    private static string Key(int i) => "m" + i.ToString(CultureInfo.InvariantCulture);

    private static string Text(int i) => new string('x', 4_000) + i.ToString(CultureInfo.InvariantCulture);

    /// <summary>Seen through the process's own root, since the mount is in its namespace alone.</summary>
    private static string Ballast(RunningServer server) => $"/proc/{server.Process.Id}/root{server.DataFolder}/ballast";

    private static void Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        var block = new byte[64 * 1024];
        try
        {
            while (stream.Length < MegaBytes * 1024 * 1024)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, which is what was wanted.
        }
    }
}
