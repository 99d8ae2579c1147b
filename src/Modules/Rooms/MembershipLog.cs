using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

/// <summary>
/// The changes of who is in a room, each with all that belongs to it: the row, the count, the entries in the room's and the person's
/// log, and the cache after the commit. Callers have asked for the right before, in the same transaction.
/// </summary>
internal sealed class MembershipLog(MembershipCache cache, INotifications notifications)
{
    /// <summary>A new room with its first people, its owner first.</summary>
    public async Task Create(ILogTransaction tx, RoomsDb db, Room room, IReadOnlyList<Newcomer> people, Guid by, CancellationToken ct)
    {
        db.Rooms.Add(room);
        await tx.OpenLog(room.Id, ct);
        tx.OnCommitted(() => cache.Add(room.Id, new RoomMemberships(room.Type, room.SlowModeSeconds, [])));
        await Add(tx, db, room, people, by, lastSeq: 0, ct);
    }

    /// <param name="tx">The log transaction.</param>
    /// <param name="db">Its context.</param>
    /// <param name="room">The room, as this context tracks it.</param>
    /// <param name="people">Who comes in. None of them is in the room.</param>
    /// <param name="by">Who lets them in; themselves when they join.</param>
    /// <param name="lastSeq">The number of the room's last entry, as far as known; what <c>room.added</c> shows.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task Add(ILogTransaction tx, RoomsDb db, Room room, IReadOnlyList<Newcomer> people, Guid by, long lastSeq, CancellationToken ct)
    {
        db.Members.AddRange(people.Select(p => new RoomMember { RoomId = room.Id, UserId = p.UserId, Role = p.Role, JoinedAt = tx.At }));
        room.MemberCount += people.Count;
        await db.SaveChangesAsync(ct);
        foreach (var person in people)
        {
            await tx.AppendUser(person.UserId, "room.added", new RoomAdded(ToView(room, person, lastSeq)), ct);
            lastSeq = await tx.Append(room.Id, new LogEntry(LogEntryType.MemberJoined, by, UserId: person.UserId, Role: person.Role), ct);
            tx.OnCommitted(() => cache.Apply(room.Id, r => r.Set(person.UserId, person.Role)));
        }

        Guid[] brought = [.. people.Select(p => p.UserId).Where(id => id != by)];
        if (brought.Length > 0 && room.Type is not RoomType.Direct)
        {
            await notifications.Notify(tx, brought, new NewNotification(NotificationKind.Added, room.Id, ActorId: by, Text: room.Name ?? ""), ct);
        }
    }

    public async Task Remove(ILogTransaction tx, RoomsDb db, Room room, RoomMember member, Guid by, CancellationToken ct)
    {
        db.Members.Remove(member);
        room.MemberCount--;
        await db.SaveChangesAsync(ct);
        await tx.Append(room.Id, new LogEntry(LogEntryType.MemberLeft, by, UserId: member.UserId), ct);
        await tx.AppendUser(member.UserId, "room.removed", new RoomRemoved(room.Id), ct);
        tx.OnCommitted(() => cache.Apply(room.Id, r => r.Remove(member.UserId)));
    }

    public async Task SetRole(ILogTransaction tx, RoomsDb db, RoomMember member, RoomRole role, Guid by, CancellationToken ct)
    {
        member.Role = role;
        await db.SaveChangesAsync(ct);
        await tx.Append(member.RoomId, new LogEntry(LogEntryType.MemberRole, by, UserId: member.UserId, Role: role), ct);
        tx.OnCommitted(() => cache.Apply(member.RoomId, r => r.Set(member.UserId, role)));
    }

    /// <summary>The room is gone for all at the commit; what remains of it is removed by <see cref="Jobs.PurgeRooms"/>.</summary>
    public async Task Delete(ILogTransaction tx, RoomsDb db, Room room, CancellationToken ct)
    {
        var people = await db.Members.Where(m => m.RoomId == room.Id).Select(m => m.UserId).ToListAsync(ct);
        room.DeletedAt = tx.At;
        room.MemberCount = 0;
        await db.SaveChangesAsync(ct);
        await db.Members.Where(m => m.RoomId == room.Id).ExecuteDeleteAsync(ct);
        await db.Invites.Where(i => i.RoomId == room.Id).ExecuteDeleteAsync(ct);
        foreach (var userId in people)
        {
            await tx.AppendUser(userId, "room.removed", new RoomRemoved(room.Id), ct);
        }

        tx.CloseLog(room.Id);
        tx.OnCommitted(() => cache.Apply(room.Id, r => r.Delete()));
    }

    private static MyRoomView ToView(Room room, Newcomer person, long lastSeq) =>
        new(room.Id, room.Type, room.Name, room.Topic, room.AvatarUrl, room.CreatedBy, room.CreatedAt, room.MemberCount, lastSeq, room.SlowModeSeconds,
            room.RetentionDays, person.Role, LastReadSeq: lastSeq, UnreadCount: 0, MentionCount: 0, Muted: false, LastMessage: null, AtSeq: lastSeq, Digest: "", person.Peer);

    private sealed record RoomAdded(MyRoomView Room);

    private sealed record RoomRemoved(Guid RoomId);
}

/// <param name="UserId">Who comes in.</param>
/// <param name="Role">What they are there.</param>
/// <param name="Peer">For a direct room, the other one.</param>
internal sealed record Newcomer(Guid UserId, RoomRole Role, UserView? Peer = null);
