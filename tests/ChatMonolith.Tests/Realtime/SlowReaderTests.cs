using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>Promises 7 and 8, and the way a server stops.</summary>
public sealed class SlowReaderTests(SqliteServer fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task C4_Who_does_not_read_is_closed_with_4408_and_nobody_waits_for_them()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__OutboxBytes", "65536"));
        var ann = await server.Register("ann");
        var bob = await server.Register("bob");
        var eve = await server.Register("eve");
        var room = await ann.CreateRoom("r", "private", bob, eve);
        await using var stalled = await RawSocket.Open(eve);
        await ann.Connect();
        await bob.Connect();
        var text = new string('x', 7_900);
        for (var i = 0; i < 1_500; i++)
        {
            await ann.Say(room, text + i);
        }

        await bob.Sees(text + 1_499);
        bob.Live.Frames.Count(f => f.Type() == "message.created").ShouldBe(1_500, "the other member got everything");

        // The stalled one finds the close once it reads, or the connection cut off where it did not read in time.
        (await stalled.CloseCode()).ShouldBeOneOf(4408, 1006);
        var again = await eve.Connect(resume: true);
        var ok = await again.Resume(0, new Dictionary<Guid, long> { [room] = 1_000 });
        ok.GetProperty("rooms").GetProperty(room.ToString()).GetProperty("complete").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task E9_Two_hundred_stalled_readers_cost_a_bounded_memory()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__MaxConnectionsPerUser", "500"), ("Realtime__OutboxBytes", "131072"));
        var ann = await server.Register("ann");
        var eve = await server.Register("eve");
        var room = await ann.CreateRoom("r", "private", eve);
        var stalled = new List<RawSocket>();
        for (var i = 0; i < 200; i++)
        {
            stalled.Add(await RawSocket.Open(eve));
        }

        await ann.Connect();
        var before = server.Process.ResidentBytes();
        for (var i = 0; i < 400; i++)
        {
            await ann.Say(room, new string('y', 4_000));
        }

        (server.Process.ResidentBytes() - before).ShouldBeLessThan(150L * 1024 * 1024);
        foreach (var raw in stalled)
        {
            await raw.DisposeAsync();
        }
    }

    [Fact]
    public async Task C5_A_peer_that_answers_no_ping_is_closed_with_4409()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__HeartbeatSeconds", "1"), ("Realtime__HeartbeatTimeoutSeconds", "1"));
        var ann = await server.Register("ann");
        await using var silent = await RawSocket.Open(ann);
        var sawPing = false;
        var code = 0;
        while (await silent.ReadFrame() is { } frame)
        {
            sawPing |= frame.Opcode == RawSocket.Ping;
            code = frame.Opcode == RawSocket.CloseFrame ? (frame.Payload[0] << 8) | frame.Payload[1] : code;
        }

        sawPing.ShouldBeTrue();
        code.ShouldBe(4409);
        var alive = await ann.Connect();
        await Deadline.Until(() => alive.Closed.IsCompleted || alive.Frames.Count > 0, "the answered pings");
        await alive.Settle();
    }

    [Fact]
    public async Task C20_A_stopping_server_says_goaway_answers_what_it_took_and_closes_with_1001()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__DrainSeconds", "1"));
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        var live = await ann.Connect();
        var replies = Enumerable.Range(0, 100).Select(i => live.Ask("message.send", new { roomId = room, clientId = $"c{i}", text = "x" })).ToArray();
        server.Process.Signal(ChildProcess.Terminate);
        await live.WaitFor(f => f.Type() == "goaway", "goaway");
        (await Task.WhenAll(replies)).ShouldAllBe(r => r.IsOk());
        (await live.Closed.Within("the close")).ShouldBe(1001);
        (await server.Process.Exited()).ShouldBe(0);
    }
}
