using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Rooms.Access;

/// <summary>What a member may want of a room. Reading and posting are every member's, and no action here.</summary>
internal enum RoomAction
{
    /// <summary>Name, topic, slow mode.</summary>
    Edit,
    SetRetention,
    Delete,
    Leave,
    AddPeople,

    /// <summary>Makes links, lists and revokes the own ones.</summary>
    Invite,

    /// <summary>Lists and revokes the links of others.</summary>
    OverseeInvites,
    RemoveMember,

    /// <summary>Removes a moderator or another owner.</summary>
    RemoveStaff,
    ChangeRoles,
}

/// <summary>The one table of rights in a room; <c>docs/security/rights.md</c> is its oracle, and the tests' too.</summary>
internal static class RoomRules
{
    private static readonly Error JoinFirst = Error.Forbidden("Join the room first.");

    /// <summary>What somebody who is not in the room is told. <paramref name="type"/> is null for a room that does not exist.</summary>
    public static Error Outside(RoomType? type) => type is RoomType.Public ? JoinFirst : Error.NotFound;

    /// <summary>Null when a member with this role may do it.</summary>
    public static Error? Refusal(RoomAction action, RoomType type, RoomRole role)
    {
        if (type is RoomType.Direct)
        {
            return Error.Forbidden("A direct room is its two people's: it cannot be changed, left or deleted, and nobody else can be in it.");
        }

        var least = Least(action, type);
        return role >= least ? null : Error.Forbidden($"Only {(least is RoomRole.Owner ? "an owner" : "an owner or a moderator")} of the room may do this.");
    }

    private static RoomRole Least(RoomAction action, RoomType type) => action switch
    {
        RoomAction.Leave => RoomRole.Member,
        RoomAction.AddPeople or RoomAction.Invite => type is RoomType.Public ? RoomRole.Member : RoomRole.Moderator,
        RoomAction.Edit or RoomAction.RemoveMember or RoomAction.OverseeInvites => RoomRole.Moderator,
        _ => RoomRole.Owner,
    };
}
