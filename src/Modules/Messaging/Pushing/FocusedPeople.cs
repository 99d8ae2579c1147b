using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>Whose eyes are on an open window: each socket says so of its own, and it ends with the socket.</summary>
internal sealed class FocusedPeople(INodes nodes, INodeBus bus) : IConnectionObserver, INodeListener
{
    private readonly ConcurrentDictionary<(Guid Node, Guid UserId), bool> elsewhere = new();
    private readonly ConcurrentDictionary<Connection, bool> focused = new();
    private readonly ConcurrentDictionary<Connection, bool> open = new();

    public string Topic => "msg.focus";

    public bool Has(Guid userId) => HasHere(userId) || elsewhere.Keys.Any(e => e.UserId == userId);

    public Task Hear(Guid from, string letter)
    {
        if (letter.Split(' ') is [var user, var on] && Guid.TryParseExact(user, "N", out var userId))
        {
            if (on == "1")
            {
                elsewhere[(from, userId)] = true;
            }
            else
            {
                elsewhere.TryRemove((from, userId), out _);
            }
        }

        return Task.CompletedTask;
    }

    public void Gone(Guid node)
    {
        foreach (var one in elsewhere.Keys.Where(e => e.Node == node))
        {
            elsewhere.TryRemove(one, out _);
        }
    }

    public void Set(Connection connection, bool on)
    {
        SetHere(connection, on);
        Tell(connection.Caller.UserId);
    }

    private bool HasHere(Guid userId) => focused.Keys.Any(c => c.Caller.UserId == userId);

    private void Tell(Guid userId)
    {
        if (nodes.AreSeveral)
        {
            bus.Tell(Topic, $"{userId:N} {(HasHere(userId) ? '1' : '0')}");
        }
    }

    private void SetHere(Connection connection, bool on)
    {
        if (!on)
        {
            focused.TryRemove(connection, out _);
            return;
        }

        focused[connection] = true;
        if (!open.ContainsKey(connection))
        {
            // It closed meanwhile, and nobody would take it back.
            focused.TryRemove(connection, out _);
        }
    }

    public void Opened(Connection connection) => open[connection] = true;

    public void Closed(Connection connection)
    {
        open.TryRemove(connection, out _);
        if (focused.TryRemove(connection, out _))
        {
            Tell(connection.Caller.UserId);
        }
    }
}
