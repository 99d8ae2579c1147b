using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

/// <summary>Rooms as the caller sees them. A fixed number of queries, however many rooms there are.</summary>
internal sealed class MyRooms(RoomsDb db, IRoomAccess access, IRoomLog log, IRoomSummaries summaries, IPeople people, IGuests guests)
{
    /// <summary>Reads of one room that a change of the caller's membership overtook, until the caller is asked to try again.</summary>
    private const int MaxAttempts = 3;

    /// <summary>All rooms of the caller, the most recently active first.</summary>
    public async Task<IReadOnlyList<MyRoomView>> All(Guid userId, CancellationToken ct)
    {
        var rows = await db.Members.AsNoTracking().Where(m => m.UserId == userId)
            .Join(db.Rooms.Where(r => r.DeletedAt == null), m => m.RoomId, r => r.Id, (me, room) => new Row(room, me)).ToListAsync(ct);
        var views = await ToViews(userId, rows, ct);

        // Asked again after everything was read, so that no answer shows a room that its reader was removed from meanwhile.
        var still = (await access.RoomsOf(userId, ct)).ToHashSet();
        return [.. views.Where(v => still.Contains(v.Id)).OrderByDescending(v => v.LastMessage?.CreatedAt ?? v.CreatedAt).ThenBy(v => v.Id)];
    }

    /// <summary>One room; a public one also for those who are not in it, with <c>role: null</c> and nothing of its log.</summary>
    public async Task<Result<MyRoomView>> One(Guid roomId, Guid userId, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var room = await db.Rooms.AsNoTracking().SingleOrDefaultAsync(r => r.Id == roomId && r.DeletedAt == null, ct);
            var me = room is null ? null : await db.Members.AsNoTracking().SingleOrDefaultAsync(m => m.RoomId == roomId && m.UserId == userId, ct);
            if (room is null || (me is null && (room.Type is not RoomType.Public || guests.IsGuest(userId))))
            {
                return Error.NotFound;
            }

            if (me is null)
            {
                return ToView(room, null, null, null, await log.LastSeq(roomId, ct));
            }

            var view = (await ToViews(userId, [new Row(room, me)], ct))[0];
            if ((await access.Member(roomId, userId, ct)).IsOk)
            {
                return view;
            }
        }

        return Error.Unavailable("The room is changing just now. Try again.");
    }

    private async Task<List<MyRoomView>> ToViews(Guid userId, List<Row> rows, CancellationToken ct)
    {
        var standing = await summaries.Of(userId, [.. rows.Select(r => r.Room.Id)], ct);
        var peers = rows.Where(r => r.Room.PairKey is not null).ToDictionary(r => r.Room.Id, r => PairKey.Peer(r.Room.PairKey!, userId));
        var users = peers.Count == 0 ? new Dictionary<Guid, UserView>() : await people.Find(peers.Values, ct);
        return [.. rows.Select(r => ToView(
            r.Room, r.Me, standing.GetValueOrDefault(r.Room.Id), peers.TryGetValue(r.Room.Id, out var peer) ? users.GetValueOrDefault(peer) : null, 0))];
    }

    private static MyRoomView ToView(Room room, RoomMember? me, RoomSummary? summary, UserView? peer, long lastSeq) =>
        new(room.Id, room.Type, room.Name, room.Topic, room.AvatarUrl, room.CreatedBy, room.CreatedAt, room.MemberCount, summary?.AtSeq ?? lastSeq,
            room.SlowModeSeconds, room.RetentionDays, me?.Role, summary?.LastReadSeq ?? 0, summary?.UnreadCount ?? 0, summary?.MentionCount ?? 0,
            me?.Muted ?? false, summary?.LastMessage, summary?.AtSeq ?? lastSeq, summary?.Digest ?? "", peer)
        {
            Notify = me?.Notify ?? RoomNotify.Mentions,
        };

    private sealed record Row(Room Room, RoomMember Me);
}
