namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// One turn of the hub's loop: what it has for a socket goes out at its end in as few writes as can be. A topic that many listen to is
/// held back until then and handed to each of them together, with one lock and one write for all of the turn's frames.
/// </summary>
internal sealed class Turn
{
    private const int HeldFrom = 16;
    private readonly List<Connection> marked = [];
    private readonly List<Topic> holding = [];
    private readonly Gathering together = new();

    /// <summary>Offers a frame that goes out at the turn's end.</summary>
    public void Deliver(Connection connection, OutFrame frame, Guid topic, bool ephemeral)
    {
        if (connection.Offer(frame, topic, ephemeral))
        {
            marked.Add(connection);
        }
    }

    public void Publish(Topic topic, OutFrame frame)
    {
        if (topic.Count < HeldFrom)
        {
            foreach (var connection in topic.Members)
            {
                Deliver(connection, frame, topic.Id, ephemeral: false);
            }
        }
        else if (topic.Hold(frame))
        {
            holding.Add(topic);
        }
    }

    /// <summary>What is held goes to those who listen now, one by one: before somebody comes to the topic, or leaves it.</summary>
    public void Settle(Topic topic)
    {
        foreach (var frame in topic.Held)
        {
            foreach (var connection in topic.Members)
            {
                Deliver(connection, frame, topic.Id, ephemeral: false);
            }
        }

        topic.Release();
    }

    public void End()
    {
        foreach (var topic in holding)
        {
            HandOut(topic);
        }

        holding.Clear();
        foreach (var connection in marked)
        {
            try
            {
                connection.Flush();
            }
            catch (Exception)
            {
                // A defect of one socket is not the others'; it begins again from the log.
                connection.End(abort: true);
            }
        }

        marked.Clear();
    }

    /// <summary>
    /// Where a reply, or a smaller topic, has something for the same socket, it goes before it: a command's <c>ok</c> before the events that
    /// it causes.
    /// </summary>
    private void HandOut(Topic topic)
    {
        if (topic.Held.Count == 0)
        {
            return;
        }

        var bytes = together.Of(topic.Held, 0, out var count);
        if (count < topic.Held.Count)
        {
            // More than one write can hold.
            Settle(topic);
            return;
        }

        foreach (var connection in topic.Members)
        {
            try
            {
                if (connection.Offer(topic.Held, bytes.Span, topic.Id))
                {
                    marked.Add(connection);
                }
            }
            catch (Exception)
            {
                connection.End(abort: true);
            }
        }

        topic.Release();
    }
}
