using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Invites;

/// <summary>What stands behind a code: the invitation and its room.</summary>
internal sealed record Invited(RoomInvite Invite, Room Room);

internal static class InviteCodes
{
    /// <summary>Longer than any code that this server makes; only what is hashed is bounded by it.</summary>
    private const int MaxLength = 128;

    private static readonly Error Over = new(ErrorCodes.Gone, "This invitation has expired or is used up. Ask for a new one.");

    public static IRuleBuilderOptions<T, string?> InviteCode<T>(this IRuleBuilder<T, string?> rule) =>
        rule.NotEmpty().WithMessage("The code is missing.").MaximumLength(MaxLength).WithMessage("This is no code of an invitation.");

    /// <summary>
    /// <c>not_found</c> for an unknown or revoked code, <c>gone</c> for one that has ended. An invitation lives only as long as its maker
    /// may still let people in: a link that a removed person left somewhere opens nothing.
    /// </summary>
    public static async Task<Result<Invited>> Find(RoomsDb db, string code, long now, CancellationToken ct)
    {
        var hash = Secrets.Hash(code);
        var found = await db.Invites.Where(i => i.CodeHash == hash)
            .Join(db.Rooms.Where(r => r.DeletedAt == null), i => i.RoomId, r => r.Id, (invite, room) => new { invite, room }).SingleOrDefaultAsync(ct);
        if (found is null)
        {
            return Error.NotFound;
        }

        var maker = await db.Members.Where(m => m.RoomId == found.room.Id && m.UserId == found.invite.CreatedBy).Select(m => (RoomRole?)m.Role).SingleOrDefaultAsync(ct);
        return found.invite.HasEnded(now) || maker is not { } role || RoomRules.Refusal(RoomAction.Invite, found.room.Type, role) is not null
            ? Over
            : new Invited(found.invite, found.room);
    }
}
