using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>How commands are answered (real-time contract, "Commands").</summary>
public abstract class CommandTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : CommandTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : CommandTests(s);

    [Fact]
    public async Task The_ok_of_a_send_comes_before_its_own_event_and_carries_its_number()
    {
        var ann = await Server.Register("ann");
        var room = await ann.CreateRoom("r");
        var live = await ann.Connect();
        var ok = await ann.Say(room, "hi");
        var created = await ann.Sees("hi");
        created.Seq().ShouldBe(ok.Seq());
        created.GetProperty("message").Id().ShouldBe(ok.Id());
        created.GetProperty("message").Word("clientId").ShouldNotBeEmpty();
        var frames = live.Frames.ToList();
        frames.FindIndex(f => f.IsOk() && f.Seq() == ok.Seq()).ShouldBeLessThan(frames.FindIndex(f => f.Type() == "message.created"));
    }

    [Fact]
    public async Task Commands_of_one_socket_take_effect_in_the_order_of_their_arrival()
    {
        var ann = await Server.Register("ann");
        var room = await ann.CreateRoom("r");
        var live = await ann.Connect();
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => live.Do("message.send", new { roomId = room, clientId = $"c{i}", text = $"m{i}" })));
        replies.Select(r => r.Seq()).ShouldBe(replies.Select(r => r.Seq()).Order());
        await live.WaitFor(f => f.Type() == "message.created" && f.GetProperty("message").Text() == "m199", "the last");
        live.Frames.Where(f => f.Type() == "message.created").Select(f => f.GetProperty("message").Text()).ShouldBe(Enumerable.Range(0, 200).Select(i => $"m{i}"));
    }

    [Fact]
    public async Task E5_A_repeat_answers_the_first_number_once_and_for_ever_over_both_doors()
    {
        var ann = await Server.Register("ann");
        var room = await ann.CreateRoom("r");
        await ann.Connect();
        var many = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => i % 2 == 0
            ? ann.Live.Do("message.send", new { roomId = room, clientId = "same", text = "once" })
            : PostOverHttp(ann, room)));
        many.Select(m => m.Seq()).Distinct().Count().ShouldBe(1);
        many.Select(m => m.Id()).Distinct().Count().ShouldBe(1);
        await ann.Live.Settle();
        ann.Live.Frames.Count(f => f.Type() == "message.created").ShouldBe(1);
        (await ann.Live.Refused("message.send", new { roomId = room, clientId = "same", text = "other" }, "conflict")).Code().ShouldBe("conflict");
        foreach (var invalid in (string[])["", " ", "a\0b", new string('x', 8_001)])
        {
            await ann.Live.Refused("message.send", new { roomId = room, clientId = "same", text = invalid }, "conflict");
            await ann.Live.Refused("message.send", new { roomId = room, clientId = "another", text = invalid }, "validation");
            (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "same", text = invalid })).Fails(409, "conflict");
        }

        (await ann.Http.Delete($"messages/{many[0].Id()}")).Ok(204);
        (await ann.Live.Do("message.send", new { roomId = room, clientId = "same", text = "once" })).Seq().ShouldBe(many[0].Seq(), "also after the deletion");
    }

    [Fact]
    public async Task A_repeat_whose_reply_target_is_gone_still_gets_its_ok()
    {
        var ann = await Server.Register("ann");
        var room = await ann.CreateRoom("r");
        await ann.Connect();
        var first = await ann.Say(room, "first");
        var reply = new { roomId = room, clientId = "answer", text = "yes", replyTo = first.Id() };
        var ok = await ann.Live.Do("message.send", reply);
        await ann.Live.Do("message.delete", new { messageId = first.Id() });
        var again = await ann.Live.Do("message.send", reply);
        again.Seq().ShouldBe(ok.Seq());
        again.GetProperty("duplicate").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_person_may_not_see_answers_as_if_it_did_not_exist()
    {
        var ann = await Server.Register("ann");
        var bob = await Server.Register("bob");
        var room = await ann.CreateRoom("r");
        var message = await ann.Post(room, "secret");
        var live = await bob.Connect();
        foreach (var (foreign, nowhere) in new[] { (room, Guid.CreateVersion7()) })
        {
            var one = await live.Refused("message.send", new { roomId = foreign, clientId = "1", text = "" }, "not_found");
            var two = await live.Refused("message.send", new { roomId = nowhere, clientId = "1", text = "" }, "not_found");
            one.Word("message").ShouldBe(two.Word("message"));
        }

        await live.Refused("message.edit", new { messageId = message.Id(), text = "mine" }, "not_found");
        await live.Refused("message.delete", new { messageId = message.Id() }, "not_found");
        await live.Refused("reaction.add", new { messageId = message.Id(), emoji = "👍" }, "not_found");
        await live.Refused("read", new { roomId = room, seq = 1 }, "not_found");
        await live.Refused("typing", new { roomId = room, on = true }, "not_found");
    }

    [Fact]
    public async Task Twenty_bad_frames_in_ten_seconds_close_with_4400_and_unknown_types_do_not_count()
    {
        var ann = await Server.Register("ann");
        var live = await ann.Connect();
        for (var i = 0; i < 40; i++)
        {
            await live.Refused("no.such.command", null, "unknown_type");
        }

        string[] bad = ["nonsense", "[]", "{}", "{\"type\":7}", "\"text\"", "{\"type\":\"ping\",\"type\":\"ping\"}"];
        for (var i = 0; i < 19; i++)
        {
            await live.SendText(bad[i % bad.Length]);
        }

        await live.Settle();
        live.Frames.Count(f => f.Code() == "bad_frame").ShouldBe(19);
        await live.SendText("nonsense");
        (await live.Closed.Within("the close")).ShouldBe(4400);
    }

    [Theory]
    [InlineData("{\"type\":\"message.send\",\"ref\":\"a\",\"roomId\":7}")]
    [InlineData("{\"type\":\"message.send\",\"ref\":\"a\",\"roomId\":[\"x\"]}")]
    [InlineData("{\"type\":\"read\",\"ref\":\"a\",\"roomId\":\"ROOM\",\"seq\":\"1\"}")]
    [InlineData("{\"type\":\"read\",\"ref\":\"a\",\"roomId\":\"ROOM\",\"seq\":1e400}")]
    [InlineData("{\"type\":\"read\",\"ref\":\"a\",\"roomId\":\"ROOM\",\"seq\":9007199254740993.5}")]
    [InlineData("{\"type\":\"message.send\",\"ref\":\"a\",\"roomId\":\"ROOM\",\"clientId\":{\"$ne\":1},\"text\":\"x\"}")]
    public async Task A85_A92_Wrong_types_are_refused_with_validation(string frame)
    {
        var ann = await Server.Register("ann");
        var room = await ann.CreateRoom("r");
        var live = await ann.Connect();
        await live.SendText(frame.Replace("ROOM", room.ToString(), StringComparison.Ordinal));
        var reply = await live.WaitFor(f => f.Type() == "error", "the refusal");
        reply.Code().ShouldBeOneOf("validation", "not_found");
        reply.Word("ref").ShouldBe("a");
        await live.Settle();
    }

    [Fact]
    public async Task A53_A_flood_is_throttled_and_then_closed_with_4429()
    {
        await using var server = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"));
        var ann = await server.Register("ann");
        await using var raw = await RawSocket.Open(ann);
        var burst = Enumerable.Range(0, 3_000).SelectMany(i => RawSocket.Frame($$"""{"type":"ping","ref":"{{i}}"}""")).ToArray();
        try
        {
            await raw.SendBytes(burst);
        }
        catch (IOException)
        {
            // Hung up on in the middle.
        }

        var limited = false;
        while (await raw.ReadFrame() is { Opcode: RawSocket.Text } frame)
        {
            limited |= frame.Json.Code() == "rate_limited" && frame.Json.Number("retryAfterMs") >= 0;
        }

        limited.ShouldBeTrue();
    }

    private static async Task<System.Text.Json.JsonElement> PostOverHttp(Person ann, Guid room) => await ann.Post(room, "once", "same");
}
