using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>A Mattermost bulk export becomes a server of ours.</summary>
public sealed class MattermostImportTests
{
    private const long Day = 1_700_000_000_000;

    /// <summary>Longer than a name can be here; what is left of it is another person's.</summary>
    private const string Long = "carol.with-a-very-long-name-at-example.org";
    private static readonly byte[] Plan = FilePeople.Random(40_000);

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_mattermost_export_becomes_a_server_with_its_people_rooms_threads_and_files(Engine engine)
    {
        using var folder = new TemporaryFolder();
        var export = engine is Engine.Sqlite ? Export().Zip(folder["export.zip"]) : Export().Folder(folder["export"]);
        await using var server = await RunningServer.Prepare(engine);
        if (engine is Engine.Sqlite)
        {
            (await ChatctlRun.Run("import", "mattermost", export, "--dry-run", "--report", folder["dry.json"])).Succeeds().Output.ShouldContain("this would come");
            Imported.Report(folder["dry.json"]).Came("messages").ShouldBe(8);
            Directory.Exists(server.DataFolder).ShouldBeFalse();
        }

        (await ChatctlRun.Within(server, "import", "mattermost", export, "--report", folder["report.json"])).Succeeds();
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(server.DataFolder)!).ShouldBe([server.DataFolder]);
        var report = Imported.Report(folder["report.json"]);
        report.Came("messages").ShouldBe(8);
        report.Came("files").ShouldBe(1);
        report.Places("message.system").ShouldBe(["import.jsonl:14"]);
        report.Places("person.renamed").Length.ShouldBe(1);

        using var ann = engine is Engine.Sqlite ? await Imported.Enter(server, "ann") : await Imported.Slip(server, "ann");
        var user = (await ann.Get("auth/me")).Ok(200).Json;
        user.Word("displayName").ShouldBe("Ann Arbor");
        user.Word("email").ShouldBe("ann@example.org");
        user.GetProperty("isAdmin").GetBoolean().ShouldBeTrue();

        var rooms = await Imported.Rooms(ann);
        rooms.Keys.Order(StringComparer.Ordinal).ShouldBe(["@bob", "Ann Arbor, bob, Carol", "Plans", "Town Square"]);
        rooms["Plans"].Word("type").ShouldBe("private");
        rooms["Plans"].Word("topic").ShouldBe("What we do next");
        rooms["Plans"].GetProperty("unreadCount").GetInt32().ShouldBe(0);
        (await Imported.Members(ann, rooms["Plans"])).ShouldBe(new Dictionary<string, string> { ["ann"] = "owner", ["bob"] = "member" }, ignoreOrder: true);
        (await Imported.Members(ann, rooms["Town Square"])).Count.ShouldBe(3);

        await HasThePlans(ann, rooms["Plans"]);
        var square = await Imported.Messages(ann, rooms["Town Square"]);
        square.Select(m => m.Text()).ShouldBe(["Welcome @carol.with-a-very-long-name-at-2, see #Plans 🎉", $"and `:tada: @{Long}` stays"]);
        (await Imported.Messages(ann, rooms["@bob"])).ShouldHaveSingleItem().Text().ShouldBe("just us");
        (await Imported.Messages(ann, rooms["Ann Arbor, bob, Carol"])).ShouldHaveSingleItem().Text().ShouldBe("the three of us");
        await Deadline.Until(async () => (await ann.Get("search?q=budget")).Ok(200)["items"].GetArrayLength() == 1, "the search to know what was imported");
    }

    [Fact]
    public async Task What_cannot_be_taken_is_told_with_its_place_and_the_rest_comes()
    {
        using var folder = new TemporaryFolder();
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        var export = new ForeignArchive().Lines(
            "import.jsonl",
            Line("version", 1),
            Line("team", new { name = "t", display_name = "T", type = "O" }),
            Line("channel", new { team = "t", name = "a", display_name = "A", type = "O", header = "", purpose = "" }),
            Line("user", new { username = "ann", email = "ann@example.org", roles = "system_user" }),
            Line("user", new { username = "ben", email = "ANN@example.org", roles = "system_user" }),
            Post("a", "ann", "one", Day),
            """{"type":"post","post":{"team":"t","channel":"a","user":"ann","message":"cut""",
            $$$"""{"type":"post","post":{"team":"t","channel":"a","user":"ann","message":"deep","create_at":{{{Day}}},"props":{{{deep}}}}}""",
            $$$"""{"type":"post","post":{"team":"t","channel":"a","user":"ann","message":"half \ud83d","create_at":{{{Day}}}}}""",
            Post("a", "ann", "before its time", 1),
            Post("nowhere", "ann", "lost", Day),
            Post("a", "zoe", "who is she", Day + 1),
            Line("post", new { team = "t", channel = "a", user = "ann", message = "with files", create_at = Day + 2, attachments = new[] { new { path = "../../etc/passwd" }, new { path = "gone.txt" } } }),
            Post("a", "ann", new string('x', 20_000), Day + 3));
        var run = (await ChatctlRun.Run("import", "mattermost", export.Folder(folder["export"]), "--dry-run", "--report", folder["report.json"])).Succeeds();
        run.Output.ShouldContain("import.jsonl:7");
        var report = Imported.Report(folder["report.json"]);
        report.Places("line.unreadable").ShouldBe(["import.jsonl:7", "import.jsonl:8", "import.jsonl:9"]);
        report.Places("message.date").ShouldBe(["import.jsonl:10"]);
        report.Places("message.room").ShouldBe(["import.jsonl:11"]);
        report.Places("person.unknown").ShouldBe(["import.jsonl:12"]);
        report.Places("person.email").ShouldBe(["import.jsonl:5"]);
        report.Places("file.missing").ShouldBe(["import.jsonl:13", "import.jsonl:13"]);
        report.Places("message.long").ShouldBe(["import.jsonl:14"]);
        report.Came("messages").ShouldBe(3 + 3);
        report.Came("people").ShouldBe(3);
    }

    private static async Task HasThePlans(HttpCaller ann, JsonElement room)
    {
        // The export has them in another order than that of their times.
        var plans = await Imported.Messages(ann, room);
        plans.Select(m => m.Text()).ShouldBe(["the **budget** for @bob", "here it is"]);
        plans[0].Word("createdAt").ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(Day + 1_000).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        plans[0].GetProperty("isEdited").GetBoolean().ShouldBeTrue();
        plans[0].GetProperty("pinned").GetBoolean().ShouldBeTrue();
        plans[0].Word("html").ShouldContain("<strong>budget</strong>");
        plans[0].GetProperty("mentions").GetArrayLength().ShouldBe(1);
        plans[0].GetProperty("replyCount").GetInt32().ShouldBe(2);
        plans[0].GetProperty("reactions").EnumerateArray().Select(r => (r.Word("emoji"), r.GetProperty("count").GetInt32())).ShouldBe([("👍", 2), (":our_logo:", 1)], ignoreOrder: true);
        var thread = (await ann.Get($"rooms/{room.Id()}/threads/{plans[0].Id()}")).Ok(200);
        thread["items"].EnumerateArray().Select(m => m.Text()).ShouldBe(["too much", "no, fine 👋🏽"], ignoreOrder: true);
        var file = plans[1].GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem();
        file.Word("name").ShouldBe("plan.bin");
        (await ann.Fetch($"files/{file.Id()}/content")).Bytes.ShouldBe(Plan);

        // The log is dense, and its digest is that of its entries.
        var events = (await ann.Get($"rooms/{room.Id()}/events?after=0&limit=1000")).Ok(200)["items"].EnumerateArray().Select(Reliability.LogLine.From).ToArray();
        events.Select(e => e.Seq).ShouldBe(Enumerable.Range(1, events.Length).Select(i => (long)i));
        events.Aggregate(Reliability.LogDigest.Start(room.Id()), Reliability.LogDigest.Next).ShouldSatisfyAllConditions(d => Reliability.LogDigest.Show(d).ShouldBe(room.Word("digest")));
    }

    private static ForeignArchive Export() => new ForeignArchive().Lines(
        "import.jsonl",
        Line("version", 1),
        Line("emoji", new { name = "our_logo", image = "logo.png" }),
        Line("team", new { name = "us", display_name = "Us", type = "O", description = "" }),
        Line("channel", new { team = "us", name = "town-square", display_name = "Town Square", type = "O", header = "", purpose = "" }),
        Line("channel", new { team = "us", name = "plans", display_name = "Plans", type = "P", header = "What we do next", purpose = "" }),
        User("ann", "ann@example.org", "system_user system_admin", "", "Ann", "Arbor", gone: null, ("town-square", "channel_user"), ("plans", "channel_user channel_admin")),
        User("bob", "bob@example.org", "system_user", "bob", "", "", gone: null, ("town-square", "channel_user"), ("plans", "channel_user")),
        User(Long, "carol@example.org", "system_user", "Carol", "", "", gone: null, ("town-square", "channel_user")),
        User(Long[..32], "gone@example.org", "system_user", "", "", "", gone: 1_690_000_000_000),
        Post("town-square", "ann", $"and `:tada: @{Long}` stays", Day + 500),
        Line("post", new { team = "us", channel = "plans", user = "bob", message = "here it is", create_at = Day + 9_000, attachments = new[] { new { path = "20231114/plan.bin" } } }),
        Line("post", new
        {
            team = "us",
            channel = "plans",
            user = "ann",
            message = "the **budget** for @bob",
            create_at = Day + 1_000,
            edit_at = Day + 2_000,
            is_pinned = true,
            reactions = new[] { Reaction("bob", "+1"), Reaction("ann", "thumbsup"), Reaction("bob", "our_logo") },
            replies = new object[]
            {
                new { user = "bob", message = "too much", create_at = Day + 3_000 },
                new { user = "ann", message = "no, fine :wave_medium_skin_tone:", create_at = Day + 4_000 },
            },
        }),
        Post("town-square", "ann", $"Welcome @{Long}, see ~plans :tada:", Day),
        Line("post", new { team = "us", channel = "plans", user = "ann", type = "system_join_channel", message = "ann joined", create_at = Day }),
        Line("direct_channel", new { members = new[] { "bob", "ann" }, favorited_by = Array.Empty<string>(), header = "" }),
        Line("direct_post", new { channel_members = new[] { "ann", "bob" }, user = "bob", message = "just us", create_at = Day }),
        Line("direct_post", new { channel_members = new[] { "ann", "bob", Long }, user = Long, message = "the three of us", create_at = Day }),
        Post("plans", "bob", "", Day))
        .Add("data/20231114/plan.bin", Plan);

    private static object Reaction(string user, string emoji) => new { user, emoji_name = emoji, create_at = Day + 5_000 };

    private static Dictionary<string, object> Line(string type, object data) => new(StringComparer.Ordinal) { ["type"] = type, [type] = data };

    private static Dictionary<string, object> Post(string channel, string user, string message, long at) =>
        Line("post", new { team = channel == "town-square" || channel == "plans" ? "us" : "t", channel, user, message, create_at = at });

    private static Dictionary<string, object> User(string username, string email, string roles, string nickname, string first, string last, long? gone, params (string Channel, string Roles)[] channels) => Line("user", new
    {
        username,
        email,
        roles,
        nickname,
        first_name = first,
        last_name = last,
        delete_at = gone,
        teams = new[] { new { name = "us", roles = "team_user", channels = channels.Select(c => new { name = c.Channel, roles = c.Roles }) } },
    });
}
