using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>A Slack export becomes a server of ours.</summary>
public sealed class SlackImportTests
{
    private static readonly byte[] Picture = FilePeople.Png();

    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_slack_export_becomes_a_server_with_its_people_channels_threads_and_the_files_that_are_in_it(Engine engine)
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.Prepare(engine);
        (await ChatctlRun.Within(server, "import", "slack", Export().Zip(folder["export.zip"]), "--report", folder["report.json"])).Succeeds();
        var report = Imported.Report(folder["report.json"]);
        report.Came("messages").ShouldBe(12);
        report.Places("message.system").ShouldBe(["general/2024-01-01.json#1"]);
        report.Places("file.missing").ShouldBe(["general/2024-01-02.json#2"]);
        report.Places("thread.root").ShouldBe(["general/2024-01-02.json#3"]);
        report.Places("message.deleted").ShouldBe(["plans/2024-01-01.json#1"]);

        // Also where a private and a public channel have one name (twin): nothing of either stands in the other.
        report.Places("message.room").ShouldBe(["general/deeper/2024-01-01.json", "twin/2024-01-01.json", "unlisted/2024-01-01.json"], ignoreOrder: true);
        report.Places("message.twice").ShouldBe(["general/2024-01-02.json#4"]);
        report.Places("person.bot").ShouldBe(["general/2024-01-01.json#5", "plans/2024-01-01.json#1"]);

        using var ann = await Imported.Slip(server, "ann");
        var rooms = await Imported.Rooms(ann);
        rooms.Keys.Order(StringComparer.Ordinal).ShouldBe(["@juergen", "Ann A., Jürgen, old-one", "general", "plans", "twin", "twin 2"]);
        rooms["general"].Word("topic").ShouldBe("All of us");
        (await Imported.Members(ann, rooms["general"])).ShouldBe(new Dictionary<string, string> { ["ann"] = "owner", ["juergen"] = "member" }, ignoreOrder: true);
        (await Imported.Messages(ann, rooms["twin"])).Concat(await Imported.Messages(ann, rooms["twin 2"])).ShouldBeEmpty();
        rooms["plans"].Word("type").ShouldBe("private");
        rooms["plans"].Word("role").ShouldBe("member");

        var general = await Imported.Messages(ann, rooms["general"]);
        general.Select(m => m.Text()).ShouldBe(
        [
            "Hello @juergen and @here, see #plans and [the \\*site\\*](https://example.org/a?b=1&c=2) 🎉",
            "**bold** _slanted_ ~~gone~~ a*b `*code* <x>`\n> quoted\n\nnot quoted &\n\\# no heading",
            "_waves_",
            "> [Build 7](https://ci.example.org/7)\n> failed: 2 & more",
            "look\n📎 [report.pdf](https://example.slack.com/files/U1/F2/report.pdf)",
            "its beginning is lost",
        ]);
        general[0].GetProperty("mentions").GetArrayLength().ShouldBe(1);
        general[0].GetProperty("mentionsAll").GetBoolean().ShouldBeTrue();
        general[0].GetProperty("replyCount").GetInt32().ShouldBe(1);
        general[0].GetProperty("isEdited").GetBoolean().ShouldBeTrue();
        general[0].GetProperty("pinned").GetBoolean().ShouldBeTrue();
        general[0].GetProperty("reactions").EnumerateArray().Select(r => (r.Word("emoji"), r.GetProperty("count").GetInt32())).ShouldBe([("👍🏽", 1), ("❤️", 2)], ignoreOrder: true);
        var shown = (await ann.Get($"rooms/{rooms["general"].Id()}/threads/{general[0].Id()}")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        var file = shown.GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem();
        file.Word("contentType").ShouldBe("image/png");
        file.GetProperty("width").GetInt32().ShouldBe(3);
        (await ann.Fetch($"files/{file.Id()}/content")).Bytes.ShouldBe(Picture);

        var plans = await Imported.Messages(ann, rooms["plans"]);
        plans.Select(m => m.GetProperty("isDeleted").GetBoolean()).ShouldBe([true, false]);
        plans[0].GetProperty("replyCount").GetInt32().ShouldBe(1);
        plans[1].Text().ShouldBe("```\nline 1\nif (a < b) @ann\n```\nand so on");
        (await Imported.Messages(ann, rooms["@juergen"])).ShouldHaveSingleItem().Text().ShouldBe("psst");
        (await ann.Get($"users/{plans[1].GetProperty("senderId").GetGuid()}")).Ok(200)["displayName"].GetString().ShouldBe("Jürgen");
        report.GetProperty("items").EnumerateArray().ShouldNotContain(i => i.GetRawText().Contains("xoxe", StringComparison.Ordinal));
    }

    private static ForeignArchive Export() => new ForeignArchive()
        .Json("users.json", new object[]
        {
            new { id = "U1", name = "ann", is_owner = true, profile = new { real_name = "Ann Arbor", display_name = "Ann A.", email = "ann@example.org", title = "" } },
            new { id = "U2", name = "jürgen", profile = new { real_name = "Jürgen", email = "j@example.org" } },
            new { id = "U3", name = "old-one", deleted = true, profile = new { real_name = "" } },
        })
        .Json("channels.json", new object[]
        {
            new
            {
                id = "C1", name = "general", is_general = true, created = 1_700_000_000, creator = "U1", members = new[] { "U1", "U2" }, topic = new { value = "" }, purpose = new { value = "All of us" },
                pins = new[] { new { id = "1704100001.000100", type = "C", created = 1_704_100_100, user = "U2" } },
            },
            new { id = "C2", name = "twin", created = 1_700_000_000, creator = "U1", members = new[] { "U1", "U2" }, topic = new { value = "" }, purpose = new { value = "" } },
        })
        .Json("groups.json", new object[] { new { id = "G2", name = "twin", created = 1_700_000_000, creator = "U1", members = new[] { "U1" }, topic = new { value = "" }, purpose = new { value = "" } }, new { id = "G1", name = "plans", created = 1_700_000_000, creator = "U2", members = new[] { "U1", "U2" }, topic = new { value = "" }, purpose = new { value = "" } } })
        .Json("dms.json", new object[] { new { id = "D1", created = 1_700_000_000, members = new[] { "U1", "U2" } } })
        .Json("mpims.json", new object[] { new { id = "M1", name = "mpdm-ann--j--old-1", created = 1_700_000_000, members = new[] { "U1", "U2", "U3" } } })
        .Json("general/2024-01-01.json", new object[]
        {
            new { type = "message", subtype = "channel_join", user = "U2", ts = "1704100000.000100", text = "<@U2> has joined the channel" },
            new
            {
                type = "message", user = "U1", ts = "1704100001.000100", thread_ts = "1704100001.000100", text = "Hello <@U2> and <!here>, see <#G1|> and <https://example.org/a?b=1&amp;c=2|the *site*> :tada:",
                edited = new { user = "U1", ts = "1704100050.000000" },
                reactions = new object[] { new { name = "+1::skin-tone-4", users = new[] { "U2" } }, new { name = "heart", users = new[] { "U1", "U2" } } },
            },
            new { type = "message", user = "U2", ts = "1704100001.000200", text = "*bold* _slanted_ ~gone~ a*b `*code* &lt;x&gt;`\n&gt; quoted\nnot quoted &amp;\n# no heading" },
            new { type = "message", subtype = "me_message", user = "U2", ts = "1704100002.000000", text = "waves" },
            new { type = "message", subtype = "bot_message", bot_id = "B9", username = "builder", ts = "1704100003.000000", text = "", attachments = new[] { new { title = "Build 7", title_link = "https://ci.example.org/7", text = "failed: 2 &amp; more" } } },
        })
        .Json("general/2024-01-02.json", new object[]
        {
            new { type = "message", user = "U2", ts = "1704200000.000000", thread_ts = "1704100001.000100", text = "", files = new[] { new { id = "F1", name = "dot.png", url_private = "https://files.slack.com/x?t=xoxe-secret" } } },
            new { type = "message", user = "U2", ts = "1704200001.000000", text = "look", files = new[] { new { id = "F2", name = "report.pdf", url_private = "https://files.slack.com/y?t=xoxe-secret", permalink = "https://example.slack.com/files/U1/F2/report.pdf" } } },
            new { type = "message", user = "U1", ts = "1704200002.000000", thread_ts = "1600000000.000000", text = "its beginning is lost" },
            new { type = "message", user = "U2", ts = "1704200001.000000", text = "look" },
        })
        .Json("plans/2024-01-01.json", new object[]
        {
            new { type = "message", subtype = "tombstone", user = "USLACKBOT", hidden = true, ts = "1704100000.000000", thread_ts = "1704100000.000000", text = "This message was deleted." },
            new { type = "message", user = "U2", ts = "1704100002.000000", text = "```line 1\nif (a &lt; b) <@U1>```and so on" },
            new { type = "message", user = "U1", ts = "1704100001.000000", thread_ts = "1704100000.000000", text = "a reply that stays" },
        })
        .Json("D1/2024-01-01.json", new object[] { new { type = "message", user = "U2", ts = "1704100000.000000", text = "psst" } })
        .Json("mpdm-ann--j--old-1/2024-01-01.json", new object[] { new { type = "message", user = "U3", ts = "1704100000.000000", text = "once upon a time" } })
        .Json("twin/2024-01-01.json", new object[] { new { type = "message", user = "U1", ts = "1704100000.000000", text = "between us" } })
        .Json("general/deeper/2024-01-01.json", new object[] { new { type = "message", user = "U1", ts = "1704100000.000000", text = "where" } })
        .Json("unlisted/2024-01-01.json", new object[] { new { type = "message", user = "U1", ts = "1704100000.000000", text = "where" } })
        .Add("__uploads/F1/dot.png", Picture);
}
