using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Rooms.Presence;

/// <summary>What others see of somebody. Who is invisible is offline to them.</summary>
internal enum VisibleStatus
{
    Offline,
    Online,
    Away,
    Busy,
}

/// <param name="UserId">Who.</param>
/// <param name="Status">What they show.</param>
/// <param name="LastSeenAt">Now, for somebody who shows themselves; else when they last did; null for never.</param>
internal sealed record PresenceView(Guid UserId, VisibleStatus Status, Instant? LastSeenAt);
