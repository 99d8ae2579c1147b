using System.Globalization;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

/// <summary>What happens to a message that stands: edits, deletion, reactions, pins; over HTTP and the socket alike.</summary>
public abstract class ChangeTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : ChangeTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : ChangeTests(s);

    [Fact]
    public async Task An_edit_reaches_everyone_and_keeps_the_earlier_text()
    {
        var (ann, bob, room) = await TwoInARoom();
        await bob.Connect();
        var message = await ann.Post(room, "one");

        var edited = (await ann.Http.Patch($"messages/{message.Id()}", new { text = "**two**" })).Ok(200).Json;

        edited.Text().ShouldBe("**two**");
        edited.Word("html").ShouldBe("<p><strong>two</strong></p>");
        edited.GetProperty("isEdited").GetBoolean().ShouldBeTrue();
        edited.Seq().ShouldBe(message.Seq());
        var frame = await bob.Live.WaitFor(f => f.Type() == "message.edited" && f.GetProperty("message").Id() == message.Id(), "the edit");
        frame.GetProperty("message").Text().ShouldBe("**two**");
        frame.Id("by").ShouldBe(ann.Id);
        var revisions = (await bob.Http.Get($"messages/{message.Id()}/revisions")).Ok(200)["items"];
        revisions.EnumerateArray().Select(r => r.Text()).ShouldBe(["one"]);
    }

    [Fact]
    public async Task The_same_text_again_is_ok_and_causes_no_event()
    {
        var (ann, _, room) = await TwoInARoom();
        await ann.Connect();
        var message = await ann.Post(room, "same");

        var ok = await ann.Live.Do("message.edit", new { messageId = message.Id(), text = "same" });

        var events = await ann.Events(room);
        ok.Seq().ShouldBe(events[^1].Seq());
        events.ShouldNotContain(e => e.Type() == "message.edited");
    }

    [Fact]
    public async Task An_ok_comes_before_its_own_event_and_has_its_number()
    {
        var (ann, _, room) = await TwoInARoom();
        await ann.Connect();
        var message = await ann.Post(room, "one");

        var ok = await ann.Live.Do("message.edit", new { messageId = message.Id(), text = "two" });
        var edited = await ann.Live.WaitFor(f => f.Type() == "message.edited" && f.IsOf(room), "the edit");

        edited.Seq().ShouldBe(ok.Seq());
        var frames = ann.Live.Frames.ToList();
        frames.FindIndex(f => f.IsOk() && f.Word("ref") == ok.Word("ref")).ShouldBeLessThan(frames.FindIndex(f => f.Type() == "message.edited"));
    }

    [Fact]
    public async Task Only_its_writer_edits_a_message_and_a_stranger_does_not_even_see_it()
    {
        var (ann, bob, room) = await TwoInARoom();
        var eve = await Server.Register("Eve");
        await eve.Connect();
        var message = await ann.Post(room, "mine");
        var unknown = Guid.CreateVersion7();

        (await bob.Http.Patch($"messages/{message.Id()}", new { text = "x" })).Fails(403, "forbidden");
        (await bob.Http.Delete($"messages/{message.Id()}")).Fails(403, "forbidden");
        foreach (var id in new[] { message.Id(), unknown })
        {
            (await eve.Http.Get($"messages/{id}")).Fails(404, "not_found");
            (await eve.Http.Patch($"messages/{id}", new { text = "x" })).Fails(404, "not_found");
            (await eve.Http.Delete($"messages/{id}")).Fails(404, "not_found");
            (await eve.Http.Get($"messages/{id}/revisions")).Fails(404, "not_found");
            (await eve.Http.Put($"messages/{id}/reactions/👍")).Fails(404, "not_found");
            (await eve.Http.Put($"messages/{id}/pin")).Fails(404, "not_found");
            (await eve.Http.Get($"rooms/{room}/threads/{id}")).Fails(404, "not_found");
            await eve.Live.Refused("message.edit", new { messageId = id, text = "x" }, "not_found");
            await eve.Live.Refused("message.delete", new { messageId = id }, "not_found");
            await eve.Live.Refused("reaction.add", new { messageId = id, emoji = "👍" }, "not_found");
        }

        (await ann.Http.Get($"messages/{message.Id()}")).Ok(200).Json.Text().ShouldBe("mine");
        (await ann.Http.Get("messages/not-an-id")).Fails(404, "not_found");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("a\0b")]
    public async Task A_text_that_is_none_is_refused(string text)
    {
        var (ann, _, room) = await TwoInARoom();
        var message = await ann.Post(room, "one");

        (await ann.Http.Patch($"messages/{message.Id()}", new { text })).Fails(400, "validation").Json.GetProperty("errors").TryGetProperty("text", out _).ShouldBeTrue();
        (await ann.Http.Patch($"messages/{message.Id()}", new { })).Fails(400, "validation");
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = new string('x', 8_001) })).Fails(400, "validation");
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = new string('x', 8_000) })).Ok(200);
    }

    [Fact]
    public async Task A_hundred_revisions_are_kept_and_the_first_always()
    {
        var (ann, _, room) = await TwoInARoom();
        await ann.Connect();
        var message = await ann.Post(room, "text 0");
        for (var i = 1; i <= 105; i++)
        {
            await ann.Live.Do("message.edit", new { messageId = message.Id(), text = string.Create(CultureInfo.InvariantCulture, $"text {i}") });
        }

        var texts = (await ann.Http.Get($"messages/{message.Id()}/revisions")).Ok(200)["items"].EnumerateArray().Select(r => r.Text()).ToArray();

        texts.Length.ShouldBe(100);
        texts[0].ShouldBe("text 0");
        texts[1].ShouldBe("text 6");
        texts[^1].ShouldBe("text 104");
    }

    [Fact]
    public async Task A_deleted_message_stays_as_a_tombstone_without_anything_in_it()
    {
        var (ann, bob, room) = await TwoInARoom();
        await bob.Connect();
        var message = await ann.Post(room, "**secret**");
        var quote = (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "q", text = "yes", replyTo = message.Id() })).Ok(201).Json;
        quote.GetProperty("replyTo").Word("excerpt").ShouldBe("**secret**");
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = "secret two" })).Ok();
        (await bob.Http.Put($"messages/{message.Id()}/reactions/👍")).Ok(204);
        (await ann.Http.Put($"messages/{message.Id()}/pin")).Ok(204);

        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);
        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);

        await bob.Live.WaitFor(f => f.Type() == "message.deleted" && f.Id("messageId") == message.Id(), "the deletion");
        var tombstone = (await bob.Http.Get($"messages/{message.Id()}")).Ok(200).Json;
        tombstone.GetProperty("isDeleted").GetBoolean().ShouldBeTrue();
        tombstone.Text().ShouldBe("");
        tombstone.GetProperty("html").ValueKind.ShouldBe(JsonValueKind.Null);
        tombstone.GetProperty("pinned").GetBoolean().ShouldBeFalse();
        tombstone.GetProperty("reactions").GetArrayLength().ShouldBe(0);
        (await bob.Http.Get($"messages/{message.Id()}/revisions")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        (await bob.Http.Get($"rooms/{room}/pins")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        (await bob.Http.Get($"messages/{quote.Id()}")).Ok(200)["replyTo"].Word("excerpt").ShouldBe("");
        (await ann.Events(room)).Count(e => e.Type() == "message.deleted").ShouldBe(1);
        (await ann.Events(room)).ShouldNotContain(e => e.ToString().Contains("secret", StringComparison.Ordinal));
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = "again" })).Fails(409, "conflict");
        (await bob.Http.Put($"messages/{message.Id()}/reactions/👍")).Fails(409, "conflict").Json.Word("reason").ShouldBe("message_deleted");
        (await ann.Http.Put($"messages/{message.Id()}/pin")).Fails(409, "conflict");
    }

    [Fact]
    public async Task A_repeat_of_a_deleted_message_is_still_the_first_one()
    {
        var (ann, _, room) = await TwoInARoom();
        var message = await ann.Post(room, "once", "my-id");
        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);

        var again = (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "my-id", text = "once" })).Ok(200).Json;

        again.Id().ShouldBe(message.Id());
        again.GetProperty("isDeleted").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_moderator_deletes_anything()
    {
        var (ann, bob, room) = await TwoInARoom();
        var message = await bob.Post(room, "rude");

        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);

        (await bob.Http.Get($"messages/{message.Id()}")).Ok(200)["isDeleted"].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_deleted_reply_counts_no_more_in_its_thread()
    {
        var (ann, bob, room) = await TwoInARoom();
        var root = await ann.Post(room, "root");
        var first = await Reply(bob, room, root, "first");
        var second = await Reply(ann, room, root, "second");
        await bob.Connect();
        var thread = (await ann.Http.Get($"rooms/{room}/threads/{root.Id()}")).Ok(200);
        thread["root"].Number("replyCount").ShouldBe(2);
        thread["root"].GetProperty("replierIds").EnumerateArray().Select(r => r.GetGuid()).ShouldBe([ann.Id, bob.Id]);
        thread["items"].EnumerateArray().Select(r => r.Text()).ShouldBe(["first", "second"]);

        (await ann.Http.Delete($"messages/{second.Id()}")).Ok(204);

        (await bob.Live.WaitFor(f => f.Type() == "message.deleted", "the deletion")).Id("threadId").ShouldBe(root.Id());
        (await ann.Events(room)).Single(e => e.Type() == "message.deleted").Id("threadId").ShouldBe(root.Id(), "a replay tells the same");
        thread = (await ann.Http.Get($"rooms/{room}/threads/{root.Id()}?limit=1")).Ok(200);
        thread["root"].Number("replyCount").ShouldBe(1);
        thread["root"].Word("lastReplyAt").ShouldBe(first.Word("createdAt"));
        thread["root"].GetProperty("replierIds").EnumerateArray().Select(r => r.GetGuid()).ShouldBe([bob.Id]);
        var rest = (await ann.Http.Get($"rooms/{room}/threads/{root.Id()}?limit=1&cursor={thread["nextCursor"].GetString()}")).Ok(200);
        rest["items"].EnumerateArray().Single().GetProperty("isDeleted").GetBoolean().ShouldBeTrue();
        rest["nextCursor"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await ann.Http.Get($"rooms/{room}/threads/{first.Id()}")).Fails(404, "not_found");
    }

    [Fact]
    public async Task Reactions_come_and_go()
    {
        var (ann, bob, room) = await TwoInARoom();
        await ann.Connect();
        var message = await ann.Post(room, "good news");

        (await bob.Http.Put($"messages/{message.Id()}/reactions/👍")).Ok(204);
        var added = await ann.Live.WaitFor(f => f.Type() == "reaction.added", "the reaction");
        (added.Word("emoji"), added.Id("by"), added.Id("messageId")).ShouldBe(("👍", bob.Id, message.Id()));
        var again = await ann.Live.Do("reaction.add", new { messageId = message.Id(), emoji = "👍" });
        var same = await ann.Live.Do("reaction.add", new { messageId = message.Id(), emoji = "👍" });
        same.Seq().ShouldBe(again.Seq());
        await ann.Live.Do("reaction.add", new { messageId = message.Id(), emoji = ":tada:" });

        var reactions = (await ann.Http.Get($"messages/{message.Id()}")).Ok(200)["reactions"].EnumerateArray().ToArray();
        reactions.Select(r => (r.Word("emoji"), r.Number("count"))).ShouldBe([("👍", 2), (":tada:", 1)]);
        reactions[0].GetProperty("userIds").EnumerateArray().Select(u => u.GetGuid()).ShouldBe([bob.Id, ann.Id]);

        (await bob.Http.Delete($"messages/{message.Id()}/reactions/%F0%9F%91%8D")).Ok(204);
        (await bob.Http.Delete($"messages/{message.Id()}/reactions/👍")).Ok(204);
        (await bob.Http.Put($"messages/{message.Id()}/reactions/x")).Fails(400, "validation");
        await ann.Live.Refused("reaction.add", new { messageId = message.Id(), emoji = "<b>" }, "validation");
        var events = await ann.Events(room);
        events.Count(e => e.Type() == "reaction.added").ShouldBe(3);
        events.Count(e => e.Type() == "reaction.removed").ShouldBe(1);
        (await ann.Http.Get($"messages/{message.Id()}")).Ok(200)["reactions"][0].Number("count").ShouldBe(1);
    }

    [Fact]
    public async Task A_message_takes_fifty_different_reactions_B33()
    {
        var (ann, bob, room) = await TwoInARoom();
        await ann.Connect();
        var message = await ann.Post(room, "popular");
        for (var i = 0; i < 50; i++)
        {
            await ann.Live.Do("reaction.add", new { messageId = message.Id(), emoji = string.Create(CultureInfo.InvariantCulture, $":e{i}:") });
        }

        (await ann.Live.Refused("reaction.add", new { messageId = message.Id(), emoji = ":one-more:" }, "conflict")).Word("reason").ShouldBe("too_many_reactions");
        (await bob.Http.Put($"messages/{message.Id()}/reactions/:e0:")).Ok(204);
    }

    [Fact]
    public async Task Moderators_pin_and_members_do_not()
    {
        var (ann, bob, room) = await TwoInARoom();
        await bob.Connect();
        var first = await ann.Post(room, "first");
        var second = await bob.Post(room, "second");

        (await bob.Http.Put($"messages/{second.Id()}/pin")).Fails(403, "forbidden");
        (await ann.Http.Put($"messages/{first.Id()}/pin")).Ok(204);
        (await ann.Http.Put($"messages/{first.Id()}/pin")).Ok(204);
        (await ann.Http.Put($"messages/{second.Id()}/pin")).Ok(204);

        await bob.Live.WaitFor(f => f.Type() == "message.pinned" && f.Id("messageId") == second.Id(), "the pin");
        var pins = (await bob.Http.Get($"rooms/{room}/pins?limit=1")).Ok(200);
        pins["items"].EnumerateArray().Single().Id().ShouldBe(second.Id());
        pins["items"][0].GetProperty("pinned").GetBoolean().ShouldBeTrue();
        pins = (await bob.Http.Get($"rooms/{room}/pins?limit=1&cursor={pins["nextCursor"].GetString()}")).Ok(200);
        pins["items"].EnumerateArray().Single().Id().ShouldBe(first.Id());
        pins["nextCursor"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await ann.Http.Delete($"messages/{first.Id()}/pin")).Ok(204);
        (await ann.Http.Delete($"messages/{first.Id()}/pin")).Ok(204);
        (await bob.Events(room)).Select(e => e.Type()).Where(t => t is "message.pinned" or "message.unpinned").ShouldBe(["message.pinned", "message.pinned", "message.unpinned"]);
        (await bob.Http.Get($"rooms/{room}/pins?cursor=nonsense")).Fails(400, "validation");
    }

    [Fact]
    public async Task In_a_direct_room_both_pin()
    {
        var people = await Server.Register("Ann", "Bob");
        var room = await people[0].DirectRoomWith(people[1]);
        var message = await people[0].Post(room, "between us");

        (await people[1].Http.Put($"messages/{message.Id()}/pin")).Ok(204);
        (await people[0].Http.Delete($"messages/{message.Id()}/pin")).Ok(204);
    }

    [Fact]
    public async Task Who_has_left_changes_nothing_any_more()
    {
        var (ann, bob, room) = await TwoInARoom();
        var message = await bob.Post(room, "bye");
        await bob.Leave(room);

        (await bob.Http.Patch($"messages/{message.Id()}", new { text = "x" })).Fails(404, "not_found");
        (await bob.Http.Delete($"messages/{message.Id()}")).Fails(404, "not_found");
        (await bob.Http.Get($"messages/{message.Id()}")).Fails(404, "not_found");
        (await ann.Http.Get($"messages/{message.Id()}")).Ok(200).Json.Text().ShouldBe("bye");
    }

    private static async Task<JsonElement> Reply(Person person, Guid room, JsonElement root, string text) =>
        (await person.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text, threadId = root.Id() })).Ok(201).Json;

    private async Task<(Person Ann, Person Bob, Guid Room)> TwoInARoom()
    {
        var people = await Server.Register("Ann", "Bob");
        return (people[0], people[1], await people[0].CreateRoom("team", "private", people[1]));
    }
}
