using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Threading.Channels;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Rooms.Storage;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Rooms.Presence;

/// <summary>A status that the watchers have to be told of.</summary>
internal sealed record PresenceChange(VisibleStatus Before, PresenceView Now, IReadOnlyList<Connection> Watchers);

/// <summary>
/// Who is here and who watches whom, in memory. It does no I/O: it is told of sockets by the hub, and <see cref="PresenceLoop"/> loads,
/// tells and saves for it.
/// </summary>
internal sealed class PresenceBoard(TimeProvider time, IOptions<RoomsOptions> options, INodes nodes) : IConnectionObserver
{
    private readonly Lock sync = new();
    private readonly Dictionary<Guid, PersonState> people = [];

    /// <summary>Every open socket, with whom it watches.</summary>
    private readonly Dictionary<Connection, Guid[]> watched = [];
    private readonly Dictionary<Guid, HashSet<Connection>> watchers = [];
    private readonly Channel<string> news = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<Guid> changed = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>People whose status may have changed.</summary>
    public ChannelReader<Guid> Changed => changed.Reader;

    /// <summary>What the other nodes have to hear of this one's people, as <see cref="PresenceNews"/> writes it; nothing for a server alone.</summary>
    public ChannelReader<string> News => news.Reader;

    public void Opened(Connection connection)
    {
        var userId = connection.Caller.UserId;
        lock (sync)
        {
            watched.Add(connection, []);
            var person = PersonOf(userId);
            if (++person.Sockets == 1)
            {
                Tell('h', userId, person.Choice);
            }

            StopLeaving(person);
            person.See(time.Now());
        }

        Touch(userId);
    }

    public void Closed(Connection connection)
    {
        var userId = connection.Caller.UserId;
        lock (sync)
        {
            Unwatch(connection);
            watched.Remove(connection);
            var person = PersonOf(userId);
            if (--person.Sockets > 0)
            {
                return;
            }

            person.See(time.Now());
            person.Leaving = time.CreateTimer(_ => Leave(userId), null, TimeSpan.FromSeconds(options.Value.OfflineAfterSeconds), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>For all devices of the person. Watchers are told after <see cref="Touch"/>.</summary>
    public void Choose(Guid userId, ChosenStatus status)
    {
        lock (sync)
        {
            var person = PersonOf(userId);
            person.Choose(status, time.Now());
            Tell('c', userId, person.Choice);
        }
    }

    public void Touch(Guid userId) => changed.Writer.TryWrite(userId);

    /// <summary>From here on the socket hears of these people, and of nobody else.</summary>
    public void Watch(Connection connection, Guid[] userIds)
    {
        lock (sync)
        {
            if (!watched.ContainsKey(connection))
            {
                // It closed meanwhile, and nobody would take the watch back.
                return;
            }

            Unwatch(connection);
            watched[connection] = userIds;
            foreach (var userId in userIds)
            {
                if (!watchers.TryGetValue(userId, out var set))
                {
                    watchers[userId] = set = [];
                }

                set.Add(connection);
            }
        }
    }

    /// <summary>
    /// Hands <paramref name="use"/> what these people show, while nothing of it can change: what it queues on a socket stands there before
    /// the news of any later change.
    /// </summary>
    /// <param name="userIds">Whom the asker may see.</param>
    /// <param name="stored">The rows of those among them who have one.</param>
    /// <param name="use">Must not block.</param>
    public void Show(IEnumerable<Guid> userIds, IReadOnlyDictionary<Guid, PersonPresence> stored, Action<IReadOnlyList<PresenceView>> use)
    {
        lock (sync)
        {
            var now = time.Now();
            use([.. userIds.Select(id => people.TryGetValue(id, out var person) && person.IsLoaded
                ? person.View(id, now)
                : new PresenceView(id, VisibleStatus.Offline, Instant.From(stored.GetValueOrDefault(id)?.LastSeenAt)))]);
        }
    }

    public IReadOnlyList<Guid> NotLoaded(IEnumerable<Guid> userIds)
    {
        lock (sync)
        {
            return [.. userIds.Where(id => people.TryGetValue(id, out var person) && !person.IsLoaded)];
        }
    }

    public void Load(Guid userId, PersonPresence? row)
    {
        lock (sync)
        {
            if (people.TryGetValue(userId, out var person))
            {
                person.Load(row?.Chosen ?? ChosenStatus.Online, row?.LastSeenAt);
            }
        }
    }

    /// <summary>The change that has to be told of a person; from here on it counts as told.</summary>
    public bool TryTakeChange(Guid userId, [NotNullWhen(true)] out PresenceChange? change)
    {
        lock (sync)
        {
            change = null;
            if (people.TryGetValue(userId, out var person) && person.Visible != person.Told)
            {
                var before = person.Told;
                person.Told = person.Visible;
                change = new PresenceChange(before, person.View(userId, time.Now()), [.. watchers.GetValueOrDefault(userId) ?? []]);
            }

            return change is not null;
        }
    }

    /// <summary>The watchers could not be told: it counts as told no longer, and is tried again.</summary>
    public void GiveBack(PresenceChange change)
    {
        lock (sync)
        {
            if (people.TryGetValue(change.Now.UserId, out var person))
            {
                person.Told = change.Before;
            }
        }

        Touch(change.Now.UserId);
    }

    /// <summary>The people whose rows have to be written; who has left and is written is forgotten.</summary>
    public IReadOnlyList<Guid> TakeUnsaved(int max)
    {
        lock (sync)
        {
            foreach (var (userId, person) in people)
            {
                if (person is { IsHere: false, IsUnsaved: false, IsLoaded: true, Told: VisibleStatus.Offline })
                {
                    people.Remove(userId);
                }
            }

            Guid[] unsaved = [.. people.Where(p => p.Value is { IsUnsaved: true, IsLoaded: true }).Select(p => p.Key).Take(max)];
            foreach (var userId in unsaved)
            {
                people[userId].IsUnsaved = false;
            }

            return unsaved;
        }
    }

    public void SaveTo(PersonPresence row)
    {
        lock (sync)
        {
            if (people.TryGetValue(row.UserId, out var person))
            {
                person.SaveTo(row);
            }
        }
    }

    public void NotSaved(IEnumerable<Guid> userIds)
    {
        lock (sync)
        {
            foreach (var userId in userIds.Where(people.ContainsKey))
            {
                people[userId].IsUnsaved = true;
            }
        }
    }

    /// <summary>The people of this node, with their <see cref="PersonState.Choice"/>.</summary>
    public IReadOnlyList<(Guid UserId, long Choice)> Here()
    {
        lock (sync)
        {
            return [.. people.Where(p => p.Value.Sockets > 0 || p.Value.Leaving is not null).Select(p => (p.Key, p.Value.Choice))];
        }
    }

    public void HereElsewhere(Guid userId, Guid node, long choice)
    {
        lock (sync)
        {
            var person = PersonOf(userId);
            (person.Elsewhere ??= []).Add(node);
            person.ChosenElsewhere(choice);
        }

        Touch(userId);
    }

    public void GoneElsewhere(Guid userId, Guid node, long at)
    {
        lock (sync)
        {
            if (people.TryGetValue(userId, out var person))
            {
                person.Elsewhere?.Remove(node);
                person.SeenElsewhere(at);
            }
        }

        Touch(userId);
    }

    public void ChosenElsewhere(Guid userId, long choice)
    {
        lock (sync)
        {
            if (people.TryGetValue(userId, out var person))
            {
                person.ChosenElsewhere(choice);
            }
        }

        Touch(userId);
    }

    /// <summary>A node has ended, and its people are not there any more.</summary>
    public void LeftWith(Guid node)
    {
        List<Guid> left;
        lock (sync)
        {
            left = [.. people.Where(p => p.Value.Elsewhere?.Remove(node) == true).Select(p => p.Key)];
        }

        left.ForEach(Touch);
    }

    private void Tell(char what, Guid userId, long value)
    {
        if (nodes.AreSeveral)
        {
            news.Writer.TryWrite(string.Create(CultureInfo.InvariantCulture, $"{what}:{userId:N}:{value}"));
        }
    }

    private void Leave(Guid userId)
    {
        lock (sync)
        {
            if (people.TryGetValue(userId, out var person) && person.Sockets == 0)
            {
                StopLeaving(person);
                Tell('g', userId, time.Now());
            }
        }

        Touch(userId);
    }

    private PersonState PersonOf(Guid userId)
    {
        if (!people.TryGetValue(userId, out var person))
        {
            people[userId] = person = new PersonState();
        }

        return person;
    }

    private void Unwatch(Connection connection)
    {
        foreach (var userId in watched.GetValueOrDefault(connection) ?? [])
        {
            if (watchers.TryGetValue(userId, out var set) && set.Remove(connection) && set.Count == 0)
            {
                watchers.Remove(userId);
            }
        }
    }

    private static void StopLeaving(PersonState person)
    {
        person.Leaving?.Dispose();
        person.Leaving = null;
    }
}
