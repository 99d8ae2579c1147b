using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Nodes;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// One open socket: whose it is, where it listens, whether it lives, and what goes out on it. It is read in one place
/// (<see cref="CommandLoop"/>); anyone may send.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "No wait handle is ever made; frames may be offered after the end.")]
public sealed class Connection
{
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(5);
    private readonly Lock sync = new();
    private readonly Outgoing outgoing;
    private readonly Wire wire;
    private readonly CancellationTokenSource reading = new();
    private readonly TimeProvider time;
    private CancellationTokenSource? ended;
    private bool isOver;
    private bool awaitsResume;
    private long greetedAt;
    private long lastHeard;
    private long pingSentAt;

    /// <param name="caller">Whose.</param>
    /// <param name="onlyRoom">For a socket that is narrowed to one room.</param>
    /// <param name="wire">The bytes below.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="nodes">Asked before anything is handed to the socket, where there are several.</param>
    internal Connection(Caller caller, Guid? onlyRoom, Wire wire, RealtimeOptions options, TimeProvider time, INodes? nodes = null)
    {
        Caller = caller;
        OnlyRoom = onlyRoom;
        this.wire = wire;
        this.time = time;

        // A peer that does not read cannot be told; it is cut off.
        outgoing = new Outgoing(wire, options.OutboxBytes, () => _ = CutOffLater(), () => End(abort: true), nodes is { AreSeveral: true } ? nodes : null);
        lastHeard = time.GetTimestamp();
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public Caller Caller { get; }

    /// <summary>Set for a socket that is narrowed to one room.</summary>
    public Guid? OnlyRoom { get; }

    /// <summary>Cancelled when the socket is over, for whatever reason.</summary>
    public CancellationToken Ended
    {
        get
        {
            lock (sync)
            {
                if (isOver)
                {
                    return new CancellationToken(canceled: true);
                }

                return (ended ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>Cancelled when nothing more is to be read: the socket is over, or the server stops and only answers what it has read.</summary>
    internal CancellationToken Reading => reading.Token;

    /// <summary>The server stops: nothing more is read, what was read is still answered.</summary>
    internal bool IsDraining { get; private set; }

    internal bool IsOver
    {
        get
        {
            lock (sync)
            {
                return isOver;
            }
        }
    }

    /// <summary>What the socket was closed with by the server; null while it is open.</summary>
    public CloseCode? ClosedWith => outgoing.ClosedWith;

    /// <summary>For the hub's loop alone: where this connection stands in each topic's list.</summary>
    internal Dictionary<Guid, int> Places { get; } = [];

    /// <summary>For the hub's loop alone: while the socket is being set up, the changes of membership that its set-up has to heed.</summary>
    internal Dictionary<Guid, bool>? PendingMemberships { get; set; }

    /// <summary>For the hub's loop alone: the hub still knows this connection.</summary>
    internal bool IsRegistered { get; set; }

    /// <summary>True until the one <c>resume</c> that the socket asked for has come.</summary>
    public bool AwaitsResume => awaitsResume;

    /// <summary>Takes the one resume that the socket has; false when there is none.</summary>
    public bool TakeResume() => Interlocked.Exchange(ref awaitsResume, false);

    /// <summary>The peer's time for its resume begins: called with the greeting, so that the server's own delays do not count.</summary>
    public void ExpectResume()
    {
        greetedAt = time.GetTimestamp();
        awaitsResume = true;
    }

    /// <summary>Offers a frame and hands it over; a socket that cannot take a durable one is closed with 4408.</summary>
    /// <param name="frame">The shared frame.</param>
    /// <param name="topic">Where it came from; empty for replies.</param>
    /// <param name="ephemeral">May be dropped under load.</param>
    public void Send(OutFrame frame, Guid topic = default, bool ephemeral = false)
    {
        if (Hub.OnLoop is { } floor)
        {
            floor.Deliver(this, frame, topic, ephemeral);
            return;
        }

        outgoing.Send(frame, topic, ephemeral);
    }

    /// <inheritdoc cref="Outgoing.Offer(OutFrame, Guid, bool)"/>
    internal bool Offer(OutFrame frame, Guid topic, bool ephemeral) => outgoing.Offer(frame, topic, ephemeral);

    /// <inheritdoc cref="Outgoing.Offer(IReadOnlyList{OutFrame}, ReadOnlySpan{byte}, Guid)"/>
    internal bool Offer(IReadOnlyList<OutFrame> frames, ReadOnlySpan<byte> together, Guid topic) => outgoing.Offer(frames, together, topic);

    /// <inheritdoc cref="Outgoing.Flush"/>
    internal void Flush() => outgoing.Flush();

    /// <inheritdoc cref="Outgoing.Drop"/>
    internal void Drop(Guid topic, bool stopReplay) => outgoing.Drop(topic, stopReplay);

    /// <summary>A resume's replay. While it is written nobody reads the peer's pongs; that it takes what is written shows that it lives.</summary>
    /// <inheritdoc cref="Outgoing.WriteThrough"/>
    public Task<bool> WriteThrough(Guid topic, IReadOnlyList<OutFrame> frames) => outgoing.WriteThrough(topic, frames, Heard);

    /// <summary>Closes the socket. When it returns with <paramref name="dropWaiting"/>, only the close frame is still handed to it.</summary>
    public void Close(CloseCode code, bool dropWaiting) => outgoing.Close(code, dropWaiting);

    /// <summary>Ends it without a word: this node may hand out nothing any more.</summary>
    public void CutOff() => End(abort: true);

    /// <inheritdoc cref="Outgoing.Closed"/>
    internal Task Closed() => outgoing.Closed();

    internal void BeginDrain()
    {
        IsDraining = true;
        reading.Cancel();
    }

    internal void Heard()
    {
        lastHeard = time.GetTimestamp();
        pingSentAt = 0;
    }

    /// <summary>Called each second or so: sends the ping that is due, or finds the peer dead or without its resume.</summary>
    internal void Beat(RealtimeOptions options)
    {
        if (awaitsResume && time.GetElapsedTime(greetedAt) > TimeSpan.FromSeconds(options.ResumeWithinSeconds))
        {
            Close(CloseCode.Abuse, dropWaiting: true);
        }
        else if (pingSentAt is not 0 and var sentAt)
        {
            // Read once: the reader's thread sets it to 0.
            if (time.GetElapsedTime(sentAt) > TimeSpan.FromSeconds(options.HeartbeatTimeoutSeconds))
            {
                Close(CloseCode.NoHeartbeat, dropWaiting: true);
            }
        }
        else if (time.GetElapsedTime(lastHeard) >= TimeSpan.FromSeconds(options.HeartbeatSeconds))
        {
            pingSentAt = time.GetTimestamp();
            Send(OutFrame.Ping);
        }
    }

    /// <summary>The connection is over: nothing may be awaited on it any more.</summary>
    /// <param name="abort">Cuts the connection off; else it is hung up in order.</param>
    internal void End(bool abort)
    {
        CancellationTokenSource? waiting;
        lock (sync)
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            waiting = ended;
        }

        outgoing.Stop();
        if (abort)
        {
            wire.CutOff();
        }
        else
        {
            wire.Hang();
        }

        reading.Cancel();
        waiting?.Cancel();
    }

    private async Task CutOffLater()
    {
        try
        {
            await Task.Delay(CloseWithin, time, Ended).ConfigureAwait(false);
            End(abort: true);
        }
        catch (OperationCanceledException)
        {
            // It ended in time.
        }
    }
}
