using System.Text.Json.Serialization;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Rooms.Storage;

namespace ChatMonolith.Rooms.Invites;

/// <summary>The contract's <c>invite</c>. <paramref name="Code"/> is told once, to its maker in the answer that makes it; only its hash is kept.</summary>
internal sealed record InviteView(
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    Guid RoomId,
    Instant? ExpiresAt,
    int? MaxUses,
    int Uses,
    Guid CreatedBy,
    Instant CreatedAt)
{
    public static InviteView Of(RoomInvite invite, string? code = null) =>
        new(invite.Id, code, invite.RoomId, Instant.From(invite.ExpiresAt), invite.MaxUses, invite.Uses, invite.CreatedBy, invite.CreatedAt);
}
