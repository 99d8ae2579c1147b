namespace ChatMonolith.BuildingBlocks.Realtime;

/// <content>What is written past the outbox.</content>
internal sealed partial class Outgoing
{
    /// <summary>
    /// Writes frames that never enter the outbox, at the pace of the socket: a resume's replay. Other frames may be written between
    /// two calls.
    /// </summary>
    /// <param name="topic">Where they come from.</param>
    /// <param name="frames">In their order.</param>
    /// <param name="written">Called after each write that the peer has taken.</param>
    /// <returns>False when the right to the topic ended meanwhile, or the socket closes: the rest was not written.</returns>
    /// <exception cref="IOException">The peer is gone.</exception>
    public async Task<bool> WriteThrough(Guid topic, IReadOnlyList<OutFrame> frames, Action written)
    {
        var next = 0;
        while (next < frames.Count)
        {
            if (!await TakeTurn().ConfigureAwait(false))
            {
                return false;
            }

            try
            {
                ValueTask write;
                lock (sync)
                {
                    if (closing is not null || revoked?.Contains(topic) == true || IsShutOut)
                    {
                        return false;
                    }

                    write = WriteNext(frames, ref next);
                }

                await write.ConfigureAwait(false);
                written();
            }
            finally
            {
                ReturnTurn();
            }
        }

        return true;
    }

    /// <summary>Under the lock: as many frames as the kernel takes at once, then one that is waited with.</summary>
    private ValueTask WriteNext(IReadOnlyList<OutFrame> frames, ref int next)
    {
        var bytes = Gathering.Current.Of(frames, next, out var gathered);
        var taken = wire.TryWrite(bytes.Span);
        for (; gathered > 0 && taken >= frames[next].Bytes.Length; gathered--)
        {
            taken -= frames[next++].Bytes.Length;
        }

        return gathered == 0 ? ValueTask.CompletedTask : wire.Write(frames[next++].Bytes[taken..]);
    }
}
