using System.IO.Pipelines;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>What goes out on a socket: when a reader is too slow, what a removal takes back, and what is written after a close.</summary>
public class OutgoingTests
{
    private const int Capacity = 64 * 1024;
    private static readonly Guid Topic = Guid.CreateVersion7();

    [Fact]
    public async Task However_much_one_turn_has_a_reader_that_takes_it_is_not_too_slow()
    {
        var pipe = new Pipe();
        var outgoing = Make(new StreamWire(pipe.Writer.AsStream(), () => { }));
        var frames = Enumerable.Range(0, 300).Select(Frame).ToArray();
        outgoing.Offer(frames[0], Topic, ephemeral: false).ShouldBeTrue();
        foreach (var frame in frames.Skip(1))
        {
            outgoing.Offer(frame, Topic, ephemeral: false).ShouldBeFalse("one flush is enough");
        }

        outgoing.Flush();
        outgoing.ClosedWith.ShouldBeNull();
        var expected = frames.SelectMany(f => f.Bytes.ToArray()).ToArray();
        var read = new byte[expected.Length];
        await pipe.Reader.AsStream().ReadExactlyAsync(read).AsTask().Within("all that was offered");
        read.ShouldBe(expected);
    }

    [Fact]
    public void A_reader_that_takes_nothing_is_closed_once_the_outbox_is_full()
    {
        var wire = new CapturedWire();
        wire.Stall();
        var outgoing = Make(wire);
        var sent = 0;
        while (outgoing.ClosedWith is null && sent < 1000)
        {
            outgoing.Send(Frame(sent++), Topic, ephemeral: false);
        }

        outgoing.ClosedWith.ShouldBe(CloseCode.OutboxOverflow);
        sent.ShouldBeLessThan((Capacity / Frame(0).Bytes.Length) + 5);
    }

    [Fact]
    public async Task A_removal_takes_back_all_but_the_one_frame_that_is_on_its_way()
    {
        var wire = new CapturedWire();
        wire.Stall();
        var outgoing = Make(wire);
        for (var i = 0; i < 20; i++)
        {
            outgoing.Send(Frame(i), Topic, ephemeral: false);
        }

        await Deadline.Until(() => wire.Frames.Count == 1, "the pump to wait with the first frame");
        outgoing.Drop(Topic, stopReplay: false);
        outgoing.Send(OutFrame.Text(new { type = "last" }), default, ephemeral: false);
        wire.Flow();
        await wire.WaitFor(f => f.Type() == "last", "what was sent after the removal");
        wire.Frames.Select(f => f.Type()).ShouldBe(["frame", "last"]);
    }

    [Fact]
    public async Task Half_a_frame_is_finished_before_the_close_frame_and_nothing_follows_it()
    {
        // It takes half of every fifth offer.
        var wire = new CapturedWire();
        var outgoing = Make(wire);
        for (var i = 0; i < 23; i++)
        {
            outgoing.Send(Frame(i), Topic, ephemeral: false);
        }

        outgoing.Close(CloseCode.SessionEnded, dropWaiting: true);
        outgoing.Send(Frame(99), Topic, ephemeral: false);
        await outgoing.Closed().Within("the close frame");
        wire.CloseCode.ShouldBe(CloseCode.SessionEnded.Code);
        wire.Frames.Select(f => (int)f.Number("n")).ShouldBe(Enumerable.Range(0, wire.Frames.Count));
    }

    [Fact]
    public async Task A_replay_that_waits_for_its_turn_learns_of_a_close_at_once()
    {
        var wire = new CapturedWire();
        wire.Stall();
        var outgoing = Make(wire);
        outgoing.Send(Frame(0), Topic, ephemeral: false);
        await Deadline.Until(() => wire.Frames.Count == 1, "the pump to have the turn");
        var replay = outgoing.WriteThrough(Topic, [Frame(1)], () => { });
        outgoing.Close(CloseCode.SessionEnded, dropWaiting: true);
        (await replay.Within("the replay to end")).ShouldBeFalse();
    }

    private static Outgoing Make(Wire wire) => new(wire, Capacity, () => { }, () => { });

    private static OutFrame Frame(int n) => OutFrame.Text(new { type = "frame", n, text = new string('x', 1000) });
}
