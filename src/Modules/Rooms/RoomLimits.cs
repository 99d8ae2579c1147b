using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Rooms;

/// <summary>Who may come into one more room.</summary>
internal sealed class RoomLimits(IOptions<RoomsOptions> options)
{
    /// <summary>The same for an unknown, a deleted and a deactivated account.</summary>
    public static readonly Error UnknownPeople = new(ErrorCodes.NotFound, "Not all of these people are here.");

    /// <summary>Null when each of <paramref name="userIds"/> has room for one more. For a log transaction.</summary>
    public async Task<Error?> Refusal(RoomsDb db, IReadOnlyCollection<Guid> userIds, CancellationToken ct)
    {
        var max = options.Value.MaxRoomsPerUser;
        var full = await db.Members.Where(m => userIds.Contains(m.UserId)).GroupBy(m => m.UserId).AnyAsync(rooms => rooms.Count() >= max, ct);
        return full ? Error.Conflict($"A person can be in {max} rooms; {(userIds.Count == 1 ? "you are" : "one of these people is")} in as many.", ConflictReasons.TooManyRooms) : null;
    }
}
