using ChatMonolith.Rooms.Storage;

namespace ChatMonolith.Rooms.Presence;

/// <summary>One person with open sockets, or who had some until a moment ago. For <see cref="PresenceBoard"/>, under its lock.</summary>
internal sealed class PersonState
{
    private ChosenStatus? chosen;
    private long? seenAt;
    private long? lastSeenAt;

    public int Sockets { get; set; }

    /// <summary>Runs while the last socket has gone and the person still counts as here.</summary>
    public ITimer? Leaving { get; set; }

    /// <summary>What the watchers have been told last.</summary>
    public VisibleStatus Told { get; set; }

    /// <summary>What the database knows is known here.</summary>
    public bool IsLoaded { get; private set; }

    public bool IsUnsaved { get; set; }

    /// <summary>The other nodes at which the person is.</summary>
    public HashSet<Guid>? Elsewhere { get; set; }

    public bool IsHere => Sockets > 0 || Leaving is not null || Elsewhere is { Count: > 0 };

    public VisibleStatus Visible => !IsHere || !IsLoaded ? VisibleStatus.Offline : chosen switch
    {
        ChosenStatus.Away => VisibleStatus.Away,
        ChosenStatus.Busy => VisibleStatus.Busy,
        ChosenStatus.Invisible => VisibleStatus.Offline,
        _ => VisibleStatus.Online,
    };

    public void Load(ChosenStatus stored, long? storedLastSeenAt)
    {
        chosen ??= stored;
        lastSeenAt ??= storedLastSeenAt;
        IsLoaded = true;
        Settle();
    }

    public void Choose(ChosenStatus status, long now)
    {
        if (IsHere)
        {
            // Who becomes invisible was seen until this moment, and not after it.
            See(now);
        }

        chosen = status;
        IsUnsaved = true;
    }

    public void See(long now)
    {
        seenAt = now;
        Settle();
    }

    /// <summary>As another node wrote it down.</summary>
    public void ChosenElsewhere(ChosenStatus status) => chosen = status;

    /// <summary>As another node saw it, and wrote it down.</summary>
    public void SeenElsewhere(long at)
    {
        if (IsLoaded && chosen is not ChosenStatus.Invisible)
        {
            lastSeenAt = Math.Max(lastSeenAt ?? 0, at);
        }
    }

    public PresenceView View(Guid userId, long now) => new(userId, Told, Told is VisibleStatus.Offline ? BuildingBlocks.Time.Instant.From(lastSeenAt) : now);

    public void SaveTo(PersonPresence row)
    {
        row.Chosen = chosen ?? row.Chosen;
        row.LastSeenAt = lastSeenAt ?? row.LastSeenAt;
    }

    /// <summary>Being seen counts only once it is known that the person does not hide.</summary>
    private void Settle()
    {
        if (!IsLoaded || seenAt is null)
        {
            return;
        }

        if (chosen is not ChosenStatus.Invisible)
        {
            lastSeenAt = seenAt;
            IsUnsaved = true;
        }

        seenAt = null;
    }
}
