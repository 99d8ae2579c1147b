using System.Collections.Concurrent;
using System.Diagnostics;
using ChatMonolith.BuildingBlocks.Nodes;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>
/// The log where several nodes write it (ADR 0100). Before a transaction does anything it holds its locks and has followed all that the
/// others committed until then, so that what this node has in memory is what the database has: heads, rights, who is where. Plain messages
/// share the log's lock and have their rooms' heads for themselves; every other work has the log alone. What is committed leaves a note,
/// which the others follow in its order. For the writer's loop alone.
/// </summary>
internal sealed class NodeLog(INodes nodes, INodeBus bus, LogHeads heads, LogFollower follower, NodeLag lag, ILogger<NodeLog> logger) : IAsyncDisposable
{
    public const string Committed = "msg.committed";
    public const string Revoked = "msg.revoked";
    private static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(30);
    private Dictionary<Guid, long>? followed;
    private NodeStatements? statements;
    private NpgsqlConnection? of;
    private Guid me;
    private long number;
    private long tidied = Stopwatch.GetTimestamp();

    public bool AreSeveral => nodes.AreSeveral;

    /// <summary>Nothing in memory is to be believed any more.</summary>
    public void Forget() => followed = null;

    /// <summary>At the beginning of a transaction.</summary>
    /// <exception cref="NodeShutOutException">The others have taken this node for dead.</exception>
    public async Task Enter(LogConnection connection, NpgsqlTransaction transaction, IReadOnlyList<LogItem> items)
    {
        foreach (var quiet in items.OfType<QuietItem>())
        {
            quiet.Begin();
        }

        await Use(connection);
        if (!items.All(i => i is QuietItem { IsLook: true }))
        {
            var rooms = items.Select(RoomOf).OfType<Guid>().Distinct().ToArray();
            var entered = await statements!.Enter(transaction, isAlone: items.Any(IsForAlone), me, rooms, followed!, CancellationToken.None);
            if (!entered.MayCommit)
            {
                throw new NodeShutOutException();
            }

            await Follow(entered.Notes);
            entered.Heads.ToList().ForEach(Meet);
            foreach (var userId in items.OfType<QuietItem>().Select(q => q.UserId).OfType<Guid>())
            {
                await connection.Users(heads, userId, CancellationToken.None);
            }

            return;
        }

        await Follow(await statements!.Look(transaction, me, followed!, CancellationToken.None));
    }

    /// <summary>Before the commit.</summary>
    /// <returns>Its number; null where there is nothing to tell.</returns>
    public async Task<long?> Note(NpgsqlTransaction transaction, StagedHeads staged, IReadOnlyDictionary<Guid, RoomChange> changes)
    {
        if (staged.Rooms.Count == 0 && staged.Users.Count == 0 && changes.Count == 0)
        {
            return null;
        }

        var rooms = staged.Rooms.Select(r => new LogMove(r.Key, Before(heads.Rooms, r.Key), r.Value, changes.GetValueOrDefault(r.Key))).ToList();
        foreach (var (roomId, change) in changes.Where(c => !staged.Rooms.ContainsKey(c.Key)))
        {
            // Its log stands where it stood; what else is known of it has changed.
            rooms.Add(new LogMove(roomId, long.MaxValue, new LogHead.State(0, Digest.Start(roomId)), change));
        }

        var users = staged.Users.Select(u => new LogMove(u.Key, Before(heads.Users, u.Key), u.Value)).ToList();
        await statements!.Note(transaction, me, ++number, new BatchNote(rooms, users), CancellationToken.None);
        return number;
    }

    /// <summary>After the commit.</summary>
    /// <param name="changesRights">Somebody may see less than before.</param>
    /// <returns>Where rights change: ends when no other node that lives acts on what was before.</returns>
    public Task Tell(bool changesRights)
    {
        if (changesRights)
        {
            return bus.TellAndWait(Revoked, "");
        }

        bus.Tell(Committed, "");
        return Task.CompletedTask;
    }

    /// <summary>Asked after each transaction; does it twice a minute, on the node that does what one does.</summary>
    public Task Tidy(LogConnection connection)
    {
        if (!nodes.IsLeader || of != connection.Raw || Stopwatch.GetElapsedTime(tidied) < TidyEvery)
        {
            return Task.CompletedTask;
        }

        tidied = Stopwatch.GetTimestamp();
        return statements!.Tidy(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => statements?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>On a new connection, or in a new life of this node.</summary>
    private async Task Use(LogConnection connection)
    {
        if (me != nodes.Me)
        {
            if (followed is not null && number > 0)
            {
                // What it committed in its earlier life has been handed out here.
                followed[me] = number;
            }

            (me, number) = (nodes.Me, 0);
        }

        if (of == connection.Raw && followed is not null)
        {
            return;
        }

        if (of != connection.Raw)
        {
            await DisposeAsync();
            of = (NpgsqlConnection)connection.Raw;
            statements = new NodeStatements(of, nodes.Guard);
        }

        // The last commit before a connection broke may have taken place or not; the table knows. A database that crashed has emptied it:
        // then nobody knows what the others have not heard, and they shall see that there is a gap. Where memory was emptied as well, nothing
        // is left to be doubted.
        var writers = await statements!.Writers(CancellationToken.None);
        var isEmptied = followed is not null && ((number > 0 && !writers.ContainsKey(me)) || followed.Keys.Any(node => !writers.ContainsKey(node)));
        number = writers.TryGetValue(me, out var last) ? last : number == 0 ? 0 : number + 1;
        if (followed is null || isEmptied)
        {
            writers.Remove(me);
            followed = writers;
        }

        if (isEmptied)
        {
            throw new NotesLostException("The database has crashed: what the other nodes have committed last is read from the logs.");
        }
    }

    private async Task Follow(IReadOnlyList<StoredNote> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        var (read, numbers) = (new List<BatchNote>(notes.Count), followed!);
        foreach (var note in notes)
        {
            var before = numbers.GetValueOrDefault(note.Node);
            if (note.Note is null || note.Number != before + 1)
            {
                throw new NotesLostException($"Note {note.Number} of {note.Node} follows {before}.");
            }

            read.Add(BatchNote.Read(note.Note));
            numbers[note.Node] = note.Number;
        }

        try
        {
            await follower.Follow(read);
        }
        catch (Exception e)
        {
            // Some of it may have been handed out and some not.
            throw new NotesLostException("What other nodes have committed could not be read.", e);
        }

        lag.Milliseconds = Math.Max(0, notes[^1].Age);
    }

    /// <summary>The head as the table has it, which by now is what has been followed.</summary>
    private void Meet(StoredHead stored)
    {
        var head = heads.Rooms.GetOrAdd(stored.RoomId, _ => new LogHead(stored.State.Seq, stored.State.Digest));
        if (head.Committed.Seq != stored.State.Seq)
        {
            logger.LogError("The log of {RoomId} stands at {Stored}, and here at {Known}", stored.RoomId, stored.State.Seq, head.Committed.Seq);
            throw new NotesLostException("A log has moved without a note.");
        }

        head.TrimmedTo = stored.TrimmedTo;
    }

    private static long Before(ConcurrentDictionary<Guid, LogHead> known, Guid id) => known.TryGetValue(id, out var head) ? head.Committed.Seq : 0;

    private static Guid? RoomOf(LogItem item) => item switch
    {
        SendItem send => send.Command.RoomId,
        QuietItem quiet => quiet.RoomId,
        _ => null,
    };

    private static bool IsForAlone(LogItem item) => item is WorkItem || !item.IsPlain;
}

/// <summary>The others have taken this node for dead; nothing of it may be committed.</summary>
internal sealed class NodeShutOutException() : TimeoutException("The other nodes have taken this one for dead.");

/// <summary>What is in memory here cannot be brought to where the logs are.</summary>
internal sealed class NotesLostException(string message, Exception? cause = null) : TimeoutException(message, cause);
