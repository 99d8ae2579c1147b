using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>Whose eyes are on an open window: each socket says so of its own, and it ends with the socket.</summary>
internal sealed class FocusedPeople : IConnectionObserver
{
    private readonly ConcurrentDictionary<Connection, bool> focused = new();
    private readonly ConcurrentDictionary<Connection, bool> open = new();

    public bool Has(Guid userId) => focused.Keys.Any(c => c.Caller.UserId == userId);

    public void Set(Connection connection, bool on)
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
        focused.TryRemove(connection, out _);
    }
}
