using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>Promises 3 to 5 of the real-time contract, over real sockets.</summary>
public abstract class ResumeTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : ResumeTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : ResumeTests(s);

    [Fact]
    public async Task What_was_missed_comes_in_order_before_the_ok_and_live_goes_on_with_the_next_number()
    {
        var (ann, bob, room) = await Pair();
        var first = await ann.Post(room, "before");
        for (var i = 0; i < 30; i++)
        {
            await ann.Post(room, $"missed {i}");
        }

        var live = await bob.Connect(resume: true);
        var ok = await live.Resume(live.Hello.Number("userSeq"), new Dictionary<Guid, long> { [room] = first.Seq() });
        await ann.Post(room, "live");
        await bob.Sees("live");
        var frames = live.Frames.ToList();
        var seqs = frames.Where(f => f.IsOf(room)).Select(f => f.Seq()).ToList();
        seqs.ShouldBe(Enumerable.Range(1, 31).Select(n => first.Seq() + n));
        frames.Where(f => f.IsOf(room)).Take(30).ShouldAllBe(f => frames.IndexOf(f) < frames.IndexOf(ok));
        var told = ok.GetProperty("rooms").GetProperty(room.ToString());
        told.GetProperty("complete").GetBoolean().ShouldBeTrue();
        told.Seq().ShouldBe(first.Seq() + 30);
        (await bob.Http.Get($"rooms/{room}/events?after={told.Seq() + 1}")).Ok()["lastSeq"].GetInt64().ShouldBe(told.Seq() + 1);
    }

    [Fact]
    public async Task The_digest_of_a_resume_is_the_digest_of_the_log()
    {
        var (ann, bob, room) = await Pair();
        await ann.Post(room, "one");
        var live = await bob.Connect(resume: true);
        var ok = await live.Resume(0, new Dictionary<Guid, long> { [room] = 0 });
        ok.GetProperty("rooms").GetProperty(room.ToString()).Word("digest").ShouldBe((await bob.Http.Get($"rooms/{room}/events")).Ok()["digest"].GetString());
        (await bob.Http.Get($"rooms/{room}")).Ok()["digest"].GetString().ShouldBe(ok.GetProperty("rooms").GetProperty(room.ToString()).Word("digest"));
    }

    [Fact]
    public async Task Another_epoch_or_a_number_beyond_the_head_is_not_complete_and_the_room_is_live_all_the_same()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect(resume: true);
        var ok = await live.Resume(0, new Dictionary<Guid, long> { [room] = 1 }, epoch: "another");
        ok.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeFalse();
        await ann.Post(room, "live");
        await bob.Sees("live");
        var second = await bob.Open(resume: true);
        var beyond = await second.Resume(0, new Dictionary<Guid, long> { [room] = 1_000_000 });
        beyond.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeFalse();
        beyond.GetProperty("rooms").GetProperty(room.ToString()).Seq().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task More_than_a_thousand_missed_entries_are_not_replayed()
    {
        var (ann, bob, room) = await Pair();
        await ann.Connect();
        foreach (var part in Enumerable.Range(0, 1_010).Chunk(60))
        {
            await Task.WhenAll(part.Select(i => ann.Say(room, $"m{i}")));
        }

        var live = await bob.Connect(resume: true);
        var ok = await live.Resume(0, new Dictionary<Guid, long> { [room] = 0 });
        ok.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeFalse();
        live.Frames.ShouldNotContain(f => f.IsOf(room));
        var head = ok.GetProperty("rooms").GetProperty(room.ToString()).Seq();
        var close = await bob.Open(resume: true);
        var within = await close.Resume(0, new Dictionary<Guid, long> { [room] = head - 1_000 });
        within.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeTrue();
        close.Frames.Count(f => f.IsOf(room)).ShouldBe(1_000);
    }

    [Fact]
    public async Task A_replay_larger_than_the_outbox_arrives_whole_at_a_slow_reader()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__OutboxBytes", "65536"));
        var ann = await server.Register("ann");
        var bob = await server.Register("bob");
        var room = await ann.CreateRoom("r", "private", bob);
        var text = new string('x', 4_000);
        for (var i = 0; i < 300; i++)
        {
            await ann.Post(room, text);
        }

        // 300 times 4 KB is 18 times the outbox.
        var live = await bob.Connect(resume: true);
        var ok = await live.Resume(0, new Dictionary<Guid, long> { [room] = 0 });
        ok.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeTrue();
        live.Frames.Count(f => f.IsOf(room) && f.Type() == "message.created").ShouldBe(300);
    }

    [Fact]
    public async Task A_room_that_is_gone_answers_not_found_and_fails_nothing_else()
    {
        var (ann, bob, room) = await Pair();
        var gone = await ann.CreateRoom("gone", "private", bob);
        await ann.Remove(gone, bob);
        var live = await bob.Connect(resume: true);
        var ok = await live.Resume(0, new Dictionary<Guid, long> { [gone] = 1, [room] = 0 });
        ok.GetProperty("rooms").GetProperty(gone.ToString()).Code().ShouldBe("not_found");
        ok.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeTrue();
        live.Frames.ShouldContain(f => f.Type() == "room.removed" && f.Id("roomId") == gone, "it stands in the own log");
    }

    [Fact]
    public async Task Nothing_durable_is_sent_before_the_resume_and_a_socket_without_one_is_closed_with_4400()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__ResumeWithinSeconds", "2"));
        var ann = await server.Register("ann");
        var bob = await server.Register("bob");
        var room = await ann.CreateRoom("r", "private", bob);
        var live = await bob.Connect(resume: true);
        await ann.Post(room, "early");
        (await live.Closed.Within("the close")).ShouldBe(4400);
        live.Frames.ShouldNotContain(f => f.Type() == "message.created");
    }

    [Fact]
    public async Task A_second_resume_or_one_on_a_plain_socket_answers_conflict()
    {
        var (_, bob, room) = await Pair();
        var plain = await bob.Connect();
        await plain.Refused("resume", new { epoch = plain.Hello.Word("epoch"), userSeq = 0, rooms = new Dictionary<Guid, long> { [room] = 0 } }, "conflict");
        var live = await bob.Open(resume: true);
        await live.Resume(0, new Dictionary<Guid, long>());
        await live.Refused("resume", new { epoch = live.Hello.Word("epoch"), userSeq = 0, rooms = new Dictionary<Guid, long>() }, "conflict");
    }

    [Fact]
    public async Task B3_Who_has_left_hears_nothing_more_also_not_with_an_old_cursor()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        await bob.Leave(room);
        await ann.Post(room, "after");
        (await ann.Http.Patch($"rooms/{room}", new { name = "renamed" })).Ok();
        await live.Settle();
        live.Frames.ShouldNotContain(f => f.IsOf(room) && f.Type() != "member.left" && f.Type() != "member.joined");
        var later = await bob.Open(resume: true);
        var ok = await later.Resume(0, new Dictionary<Guid, long> { [room] = 1 });
        ok.GetProperty("rooms").GetProperty(room.ToString()).Code().ShouldBe("not_found");
        later.Frames.ShouldNotContain(f => f.IsOf(room));
    }

    [Fact]
    public async Task What_is_deleted_or_edited_after_one_resume_is_not_told_to_the_next_from_the_same_place()
    {
        var (ann, bob, room) = await Pair();
        var first = await ann.Post(room, "before");
        var edited = await ann.Post(room, "the slip of the pen");
        var deleted = await ann.Post(room, "the secret of the day");
        var cursor = new Dictionary<Guid, long> { [room] = first.Seq() };
        var early = await bob.Open(resume: true);
        await early.Resume(0, cursor);
        early.Frames.Count(f => f.GetRawText().Contains("the secret of the day", StringComparison.Ordinal)).ShouldBe(1);
        (await ann.Http.Patch($"messages/{edited.Id()}", new { text = "mended" })).Ok();
        (await ann.Http.Delete($"messages/{deleted.Id()}")).Ok();
        var late = await bob.Open(resume: true);
        await late.Resume(0, cursor);
        late.Frames.ShouldNotContain(f => f.GetRawText().Contains("the secret of the day", StringComparison.Ordinal));
        late.Frames.ShouldNotContain(f => f.GetRawText().Contains("the slip of the pen", StringComparison.Ordinal));
        late.Frames.Where(f => f.IsOf(room)).Select(f => f.Seq()).ShouldBe(Enumerable.Range(1, 4).Select(n => first.Seq() + n));
    }

    [Fact]
    public async Task C6_Many_who_missed_the_same_all_get_it_whole_also_when_some_leave_at_once()
    {
        var (ann, bob, room) = await Pair();
        var first = await ann.Post(room, "before");
        await ann.Connect();
        foreach (var part in Enumerable.Range(0, 450).Chunk(50))
        {
            await Task.WhenAll(part.Select(i => ann.Say(room, $"m{i}")));
        }

        var cursor = new Dictionary<Guid, long> { [room] = first.Seq() };
        var sockets = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => bob.Open(resume: true)));
        foreach (var leaving in sockets.Where((_, i) => i % 4 == 0))
        {
            _ = leaving.Resume(0, cursor).ContinueWith(t => t.Exception, TaskScheduler.Default);
            leaving.Drop();
        }

        var staying = sockets.Where((_, i) => i % 4 != 0).ToList();
        var oks = await Task.WhenAll(staying.Select(s => s.Resume(0, cursor)));
        oks.ShouldAllBe(ok => ok.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean());
        foreach (var socket in staying)
        {
            socket.Frames.Where(f => f.IsOf(room)).Select(f => f.Seq()).ShouldBe(Enumerable.Range(1, 450).Select(n => first.Seq() + n));
        }
    }

    [Fact]
    public async Task Long_polling_gets_the_same_entries_as_the_socket()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        var head = (await bob.Http.Get($"rooms/{room}/events")).Ok()["lastSeq"].GetInt64();
        var waiting = bob.Http.Get($"rooms/{room}/events?after={head}&wait=20");
        await ann.Post(room, "news **now**");
        var answer = (await waiting.Within("the held answer")).Ok();
        var frame = await bob.Sees("news **now**");
        answer["items"][0].GetRawText().ShouldBe(frame.GetRawText());
    }

    private async Task<(Person Ann, Person Bob, Guid Room)> Pair()
    {
        var ann = await Server.Register("ann");
        var bob = await Server.Register("bob");
        return (ann, bob, await ann.CreateRoom("r", "private", bob));
    }
}
