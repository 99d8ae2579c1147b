using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>
/// Does here what other nodes' commits do there: moves heads, applies changes of rights, and hands out the entries of the logs that
/// somebody listens to here. Of all other logs nothing is read.
/// </summary>
internal sealed class LogFollower(LogHeads heads, IRoomAccess access, Hub hub, IServiceScopeFactory scopes)
{
    private const int PageSize = 200;

    /// <summary>Called by the writer, between its own commits: what it posts to the hub stands in the one order.</summary>
    public async Task Follow(IReadOnlyList<BatchNote> notes)
    {
        var rooms = Merged(notes.SelectMany(n => n.Rooms));
        var users = Merged(notes.SelectMany(n => n.Users));
        foreach (var move in rooms.Values.Where(m => (m.Change & (RoomChange.Other | RoomChange.Closed)) != RoomChange.None))
        {
            access.Forget(move.Id);
        }

        // Asked and passed in one turn of the hub: who begins to listen a moment later finds the head behind what nobody heard.
        var (heardRooms, heardUsers) = await hub.Ask(floor => (
            rooms.Values.Where(m => !IsPassed(floor, m, heads.Rooms)).ToList(),
            users.Values.Where(m => !IsPassed(floor, m, heads.Users)).ToList()));
        if (heardRooms.Count + heardUsers.Count == 0)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var reader = new Lazy<LogReader>(scope.ServiceProvider.GetRequiredService<LogReader>);
        foreach (var move in heardRooms)
        {
            await FollowRoom(move, reader);
        }

        foreach (var move in heardUsers)
        {
            await FollowUser(move, reader);
        }
    }

    /// <summary>Nobody listens, so only the head moves. Who comes in or goes out may have sockets here, though nobody listens yet.</summary>
    private static bool IsPassed(Floor floor, LogMove move, ConcurrentDictionary<Guid, LogHead> heads)
    {
        if (floor.IsHeard(move.Id) || (move.Change & (RoomChange.Members | RoomChange.Closed)) != RoomChange.None)
        {
            return false;
        }

        if (heads.TryGetValue(move.Id, out var head) && Move(head, move.To) is not null)
        {
            head.Published = move.To;
        }

        floor.Skip(move.Id);
        return true;
    }

    /// <summary>Several moves of a log are one: from the first one's beginning to the last one's end.</summary>
    private static Dictionary<Guid, LogMove> Merged(IEnumerable<LogMove> moves)
    {
        var merged = new Dictionary<Guid, LogMove>();
        foreach (var move in moves)
        {
            merged[move.Id] = !merged.TryGetValue(move.Id, out var before)
                ? move
                : new LogMove(move.Id, Math.Min(before.From, move.From), before.To.Seq > move.To.Seq ? before.To : move.To, before.Change | move.Change);
        }

        return merged;
    }

    private async Task FollowRoom(LogMove move, Lazy<LogReader> reader)
    {
        var roomId = move.Id;
        heads.Rooms.TryGetValue(roomId, out var head);
        var from = head?.Committed.Seq ?? move.From;
        var entries = new List<(ToldEntry Entry, OutFrame Frame)>();
        while (from < move.To.Seq)
        {
            var page = await reader.Value.Room(roomId, from, move.To.Seq, PageSize, CancellationToken.None);
            if (page.Count == 0)
            {
                // Removed since, with all of the room.
                break;
            }

            foreach (var told in page)
            {
                access.Follow(roomId, told.Entry);
                entries.Add((told, EntryFrames.Room(roomId, told.Seq, told.At, told.Entry)));
            }

            from = page[^1].Last;
        }

        var moved = Move(head, move.To);
        if (entries.Count == 0 && moved is null && !move.Change.HasFlag(RoomChange.Closed))
        {
            return;
        }

        // In one turn of the hub: a resume finds either none of it or all, and the head where the frames are.
        hub.Post(floor =>
        {
            entries.ForEach(e => HandOut(floor, roomId, e.Entry, e.Frame));
            if (moved is not null)
            {
                moved.Published = move.To;
            }

            if (move.Change.HasFlag(RoomChange.Closed))
            {
                floor.Close(roomId);
            }
        });
    }

    /// <returns>The head, if it is behind.</returns>
    private static LogHead? Move(LogHead? head, LogHead.State to)
    {
        if (head is null || head.Committed.Seq >= to.Seq)
        {
            return null;
        }

        head.Committed = to;
        return head;
    }

    private static void HandOut(Floor floor, Guid roomId, ToldEntry told, OutFrame frame)
    {
        MovingListeners.Move(floor, roomId, told.Entry);
        floor.Publish(roomId, told.Last, frame);
    }

    private async Task FollowUser(LogMove move, Lazy<LogReader> reader)
    {
        var userId = move.Id;
        heads.Users.TryGetValue(userId, out var head);
        var from = head?.Committed.Seq ?? move.From;
        var entries = new List<(long Seq, OutFrame Frame)>();
        while (from < move.To.Seq)
        {
            var frames = await reader.Value.User(userId, from, move.To.Seq, PageSize, CancellationToken.None);
            if (frames.Count == 0)
            {
                break;
            }

            foreach (var frame in frames)
            {
                entries.Add((++from, frame));
            }
        }

        var moved = Move(head, move.To);
        if (entries.Count == 0 && moved is null)
        {
            return;
        }

        hub.Post(floor =>
        {
            entries.ForEach(e => floor.Publish(userId, e.Seq, e.Frame));
            if (moved is not null)
            {
                moved.Published = move.To;
            }
        });
    }
}
