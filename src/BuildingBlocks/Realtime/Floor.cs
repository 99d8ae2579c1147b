namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// What the hub's loop works on: connections by person and session, topics and their listeners. Its methods are for work that runs
/// on the loop; nothing here is thread-safe, on purpose.
/// </summary>
public sealed class Floor(Lazy<IEnumerable<IConnectionObserver>> observers, TimeProvider time)
{
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(20);
    private readonly Dictionary<Guid, Topic> topics = [];
    private readonly Dictionary<Guid, TaskCompletionSource> waiting = [];
    private readonly Dictionary<Guid, List<Connection>> byUser = [];
    private readonly Dictionary<Guid, List<Connection>> bySession = [];
    private readonly Turn turn = new();

    public int ConnectionCount { get; private set; }

    /// <summary>Rooms and people that are listened to, or were a moment ago.</summary>
    public int TopicCount => topics.Count;

    /// <summary>Durable events that were handed to a socket, since the start.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Durable events that were published, since the start.</summary>
    public long Published { get; private set; }

    /// <summary>The open sockets of a person, in no order.</summary>
    public IReadOnlyList<Connection> ConnectionsOf(Guid userId) => byUser.TryGetValue(userId, out var list) ? list : [];

    public IEnumerable<Connection> AllConnections => byUser.Values.SelectMany(l => l);

    /// <summary>
    /// Begins a connection's set-up: from here on it belongs to its person and session (and can be ended with them), and changes of
    /// membership are noted for it, but it hears nothing durable yet.
    /// </summary>
    /// <returns>False when the person has too many sockets open.</returns>
    public bool Register(Connection connection, int maxPerUser)
    {
        var mine = ListOf(byUser, connection.Caller.UserId);
        if (mine.Count >= maxPerUser)
        {
            return false;
        }

        mine.Add(connection);
        ListOf(bySession, connection.Caller.SessionId).Add(connection);
        connection.PendingMemberships = [];
        connection.IsRegistered = true;
        ConnectionCount++;
        foreach (var observer in observers.Value)
        {
            observer.Opened(connection);
        }

        return true;
    }

    public void Unregister(Connection connection)
    {
        if (!connection.IsRegistered)
        {
            return;
        }

        connection.IsRegistered = false;
        foreach (var topicId in connection.Places.Keys.ToArray())
        {
            var topic = topics[topicId];
            turn.Settle(topic);
            topic.Remove(connection);
            DiscardIfUnused(topicId);
        }

        Remove(byUser, connection.Caller.UserId, connection);
        Remove(bySession, connection.Caller.SessionId, connection);
        ConnectionCount--;
        foreach (var observer in observers.Value)
        {
            observer.Closed(connection);
        }
    }

    /// <summary>
    /// Ends the set-up: the connection listens to its own log and to <paramref name="rooms"/>, corrected by what was noted meanwhile.
    /// Returns the rooms it really listens to.
    /// </summary>
    public IReadOnlyCollection<Guid> GoLive(Connection connection, IEnumerable<Guid> rooms)
    {
        if (!connection.IsRegistered)
        {
            return [];
        }

        var listened = Corrected(connection, rooms);
        connection.PendingMemberships = null;
        if (connection.OnlyRoom is null)
        {
            Listen(connection, connection.Caller.UserId);
        }

        foreach (var room in listened)
        {
            Listen(connection, room);
        }

        return listened;
    }

    /// <summary><paramref name="rooms"/>, corrected by the memberships that changed since the connection was registered.</summary>
    public static IReadOnlySet<Guid> Corrected(Connection connection, IEnumerable<Guid> rooms)
    {
        var set = rooms.ToHashSet();
        foreach (var (room, isMember) in connection.PendingMemberships ?? [])
        {
            if (isMember && (connection.OnlyRoom is null || connection.OnlyRoom == room))
            {
                set.Add(room);
            }
            else if (!isMember)
            {
                set.Remove(room);
            }
        }

        return set;
    }

    /// <summary>Somebody hears what is published there.</summary>
    public bool IsHeard(Guid topicId) => topics.TryGetValue(topicId, out var topic) && topic.Count > 0;

    /// <summary>The person's sockets join a topic, and hear what is published after this.</summary>
    public void Join(Guid userId, Guid topicId)
    {
        foreach (var connection in ConnectionsOf(userId))
        {
            if (connection.PendingMemberships is { } pending)
            {
                pending[topicId] = true;
            }
            else if (connection.OnlyRoom is null || connection.OnlyRoom == topicId)
            {
                Listen(connection, topicId);
            }
        }
    }

    /// <summary>The person's sockets leave a topic; what waits for them from it is dropped.</summary>
    public void Leave(Guid userId, Guid topicId)
    {
        foreach (var connection in ConnectionsOf(userId))
        {
            if (topics.TryGetValue(topicId, out var topic))
            {
                turn.Settle(topic);
                topic.Remove(connection);
            }

            Revoke(connection, topicId);
        }

        WakeWaiting(topicId);
        DiscardIfUnused(topicId);
    }

    /// <summary>A topic ends: everybody leaves it, and nothing that waits from it is sent any more.</summary>
    public void Close(Guid topicId)
    {
        if (topics.TryGetValue(topicId, out var closed))
        {
            closed.Release();
        }

        foreach (var connection in AllConnections.ToArray())
        {
            var listens = topics.TryGetValue(topicId, out var topic) && topic.Remove(connection);
            if (listens || connection.PendingMemberships is not null)
            {
                Revoke(connection, topicId);
            }
        }

        topics.Remove(topicId);
        WakeWaiting(topicId);
    }

    /// <summary>The task ends with the next event of a topic, or when the topic ends for somebody.</summary>
    public Task Next(Guid topicId)
    {
        if (!waiting.TryGetValue(topicId, out var source))
        {
            waiting[topicId] = source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return source.Task;
    }

    /// <summary>The log has moved on, and nobody listened: only who waits for it has to know.</summary>
    public void Skip(Guid topicId) => WakeWaiting(topicId);

    /// <summary>Hands a log's next event to everybody who listens.</summary>
    public void Publish(Guid topicId, long seq, OutFrame frame)
    {
        var topic = TopicOf(topicId);
        topic.Remember(seq, frame, time.GetTimestamp());
        WakeWaiting(topicId);
        Published++;
        Deliveries += topic.Count;
        turn.Publish(topic, frame);
    }

    /// <summary>Hands out what carries no number and may be dropped under load.</summary>
    public void PublishEphemeral(Guid topicId, OutFrame frame, Guid exceptUser = default)
    {
        if (topics.TryGetValue(topicId, out var topic))
        {
            foreach (var connection in topic.Members)
            {
                if (connection.Caller.UserId != exceptUser)
                {
                    Deliver(connection, frame, topicId, ephemeral: true);
                }
            }
        }
    }

    /// <summary>The published frames of a log above <paramref name="after"/> up to its head, if they are all still in memory.</summary>
    public bool RecentAfter(Guid topicId, long after, long head, List<OutFrame> frames) =>
        topics.TryGetValue(topicId, out var topic) && topic.CollectAfter(after, head, frames);

    /// <summary>Closes the sockets of a session. Nothing but the close frame is handed to them afterwards.</summary>
    public void EndSession(Guid sessionId)
    {
        if (bySession.TryGetValue(sessionId, out var list))
        {
            foreach (var connection in list)
            {
                connection.Close(CloseCode.SessionEnded, dropWaiting: true);
            }
        }
    }

    /// <inheritdoc cref="Turn.Deliver"/>
    internal void Deliver(Connection connection, OutFrame frame, Guid topic, bool ephemeral) => turn.Deliver(connection, frame, topic, ephemeral);

    internal void Flush() => turn.End();

    private void Listen(Connection connection, Guid topicId)
    {
        var topic = TopicOf(topicId);
        turn.Settle(topic);
        topic.Add(connection);
    }

    /// <summary>Called now and then: pings, finds dead peers, and forgets frames that no resume will ask for.</summary>
    internal void Beat(RealtimeOptions options)
    {
        foreach (var connection in byUser.Values.SelectMany(l => l))
        {
            connection.Beat(options);
        }

        foreach (var topic in topics.Values.Where(t => t.HasRecent && time.GetElapsedTime(t.LastUsed) > RememberFor).ToArray())
        {
            topic.Forget();
            DiscardIfUnused(topic.Id);
        }
    }

    private void WakeWaiting(Guid topicId)
    {
        if (waiting.Count > 0 && waiting.Remove(topicId, out var source))
        {
            source.SetResult();
        }
    }

    private static void Revoke(Connection connection, Guid topicId)
    {
        if (connection.PendingMemberships is { } pending)
        {
            pending[topicId] = false;
        }

        connection.Drop(topicId, stopReplay: connection.PendingMemberships is not null);
        if (connection.OnlyRoom == topicId)
        {
            connection.Close(CloseCode.RoomGone, dropWaiting: true);
        }
    }

    private static List<Connection> ListOf(Dictionary<Guid, List<Connection>> index, Guid key)
    {
        if (!index.TryGetValue(key, out var list))
        {
            index[key] = list = new List<Connection>(1);
        }

        return list;
    }

    private static void Remove(Dictionary<Guid, List<Connection>> index, Guid key, Connection connection)
    {
        if (index.TryGetValue(key, out var list) && list.Remove(connection) && list.Count == 0)
        {
            index.Remove(key);
        }
    }

    private Topic TopicOf(Guid topicId)
    {
        if (!topics.TryGetValue(topicId, out var topic))
        {
            topics[topicId] = topic = new Topic(topicId);
        }

        return topic;
    }

    private void DiscardIfUnused(Guid topicId)
    {
        if (topics.TryGetValue(topicId, out var topic) && topic is { Count: 0, HasRecent: false })
        {
            topics.Remove(topicId);
        }
    }
}
