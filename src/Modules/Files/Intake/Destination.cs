using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Files.Data;

namespace ChatMonolith.Files.Intake;

/// <summary>Where a file goes: to nobody but its owner, to a room, or to a person.</summary>
/// <param name="RoomId">The room; the direct one for a person.</param>
/// <param name="RecipientId">The person.</param>
/// <param name="ClientId">The sender's name for the message.</param>
internal sealed record Destination(Guid? RoomId, Guid? RecipientId, string? ClientId)
{
    public static readonly Destination Private = new(null, null, null);
}

/// <summary>Finds out where a file is to go, through its sender's eyes.</summary>
internal sealed class Destinations(IRoomAccess access, IPeople people, IDirectRooms rooms)
{
    private static readonly Error UnknownPerson = Error.NotFound with { Detail = "There is no such person here." };

    /// <param name="caller">Who sends it.</param>
    /// <param name="roomId">As it was sent.</param>
    /// <param name="recipient">An id, a username or an email address.</param>
    /// <param name="clientId">Needed where there is a message.</param>
    /// <param name="ct">Cancels the queries.</param>
    public async Task<Result<Destination>> Of(Caller caller, string? roomId, string? recipient, string? clientId, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(roomId) && string.IsNullOrEmpty(recipient))
        {
            return Destination.Private;
        }

        if (!string.IsNullOrEmpty(roomId) && !string.IsNullOrEmpty(recipient))
        {
            return Error.Validation("recipientId", "Name a room or a person, not both.");
        }

        if (clientId is null or { Length: 0 or > UploadRow.MaxClientId } || clientId.Any(char.IsControl))
        {
            return Error.Validation("clientId", $"What is sent to a room or a person needs a clientId of your own, of 1 to {UploadRow.MaxClientId} characters.");
        }

        if (!string.IsNullOrEmpty(roomId))
        {
            if (!Guid.TryParseExact(roomId, "D", out var id))
            {
                return Error.NotFound;
            }

            var member = await access.Member(id, caller.UserId, ct);
            return member.IsOk ? new Destination(id, null, clientId) : member.Error;
        }

        if (await Person(recipient!.Trim(), ct) is not { } peer)
        {
            return UnknownPerson;
        }

        if (peer == caller.UserId)
        {
            return Error.Validation("recipientId", "Send it to somebody else; without a recipient it is yours alone.");
        }

        var room = await rooms.Open(caller, peer, ct);
        return room.Map(r => new Destination(r, peer, clientId));
    }

    /// <summary>An active account by its id, username or email address.</summary>
    public async Task<Guid?> Person(string text, CancellationToken ct)
    {
        var id = Guid.TryParseExact(text, "D", out var parsed) ? parsed
            : text.IndexOf('@', StringComparison.Ordinal) > 0 ? await people.IdOfEmail(text, ct)
            : await people.IdOf(text.StartsWith('@') ? text[1..] : text, ct);
        return id is { } found && (await people.Active([found], ct)).Contains(found) ? found : null;
    }
}
