using ChatMonolith.Rooms.Storage;

namespace ChatMonolith.Rooms.Presence;

/// <summary>One person with open sockets, or who had some until a moment ago. For <see cref="PresenceBoard"/>, under its lock.</summary>
internal sealed class PersonState
{
    private const int StatusBits = 3;
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

    /// <summary>When the status was chosen, where that was heard of; 0 where it is as the database has it.</summary>
    public long ChosenAt { get; private set; }

    /// <summary>The status and when it was chosen in one number, for the other nodes; 0 for <see cref="ChosenAt"/> 0.</summary>
    public long Choice => ChosenAt == 0 ? 0 : (ChosenAt << StatusBits) | (long)(chosen ?? ChosenStatus.Online);

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
        ChosenAt = now;
        IsUnsaved = true;
    }

    public void See(long now)
    {
        seenAt = now;
        Settle();
    }

    /// <summary>Another node's <see cref="Choice"/>, which it writes down; the newest counts, in whichever order they come.</summary>
    public void ChosenElsewhere(long choice)
    {
        if (choice >> StatusBits is var at && at > ChosenAt)
        {
            (chosen, ChosenAt) = ((ChosenStatus)(choice & ((1 << StatusBits) - 1)), at);
        }
    }

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
