using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Rooms;

/// <summary>Section <c>Rooms</c>: limits that keep one person or one room from taking what belongs to all.</summary>
internal sealed class RoomsOptions
{
    public const string Section = "Rooms";

    /// <summary>People in one call that adds them, at the creation of a room too. The contract promises 200 at most.</summary>
    [Range(1, 200)]
    public int MaxMembersPerAdd { get; set; } = 200;

    /// <summary>Rooms that one person may be in, direct ones included: a list of rooms is answered whole.</summary>
    [Range(1, 10_000)]
    public int MaxRoomsPerUser { get; set; } = 1000;

    /// <summary>Invitations of one room that still work.</summary>
    [Range(1, 10_000)]
    public int MaxInvitesPerRoom { get; set; } = 100;

    /// <summary>Memberships kept in memory, at some 64 bytes each; rooms that nobody uses leave first.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxCachedMemberships { get; set; } = 1_000_000;

    /// <summary>Days after which messages are removed in rooms that set no retention of their own. 0: they are kept for ever.</summary>
    [Range(0, RoomText.MaxRetentionDays)]
    public int DefaultRetentionDays { get; set; }

    /// <summary>How long after the last socket has gone a person shows as offline (the contract says 5 s).</summary>
    [Range(0, 60)]
    public int OfflineAfterSeconds { get; set; } = 5;
}
