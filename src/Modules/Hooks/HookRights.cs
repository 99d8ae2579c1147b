using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;

namespace ChatMonolith.Hooks;

/// <summary>A room's hooks are its owners'; a direct room has none.</summary>
internal static class HookRights
{
    public static async Task<Error?> Refuse(this IRoomAccess access, Guid roomId, Guid userId, CancellationToken ct)
    {
        var member = await access.Member(roomId, userId, ct);
        if (!member.IsOk)
        {
            return member.Error;
        }

        return member.Value is { Role: RoomRole.Owner, RoomType: not RoomType.Direct } ? null : Error.Forbidden("Only an owner of the room may do this, and a direct room has no hooks.");
    }

    /// <summary>
    /// For what goes on while nobody is logged in: by the right of who made it, at this moment. A deactivated account stays a member of its
    /// rooms, so both are asked; and of the bot that speaks for it, where there is one.
    /// </summary>
    public static async Task<Error?> RefuseMaker(this IRoomAccess access, IPeople people, Guid roomId, Guid makerId, Guid? botId, CancellationToken ct)
    {
        if (await access.Refuse(roomId, makerId, ct) is { } refusal)
        {
            return refusal;
        }

        Guid[] accounts = botId is { } bot ? [makerId, bot] : [makerId];
        return (await people.Active(accounts, ct)).Count == accounts.Length ? null : Error.Forbidden("Who made this, or its bot, is not active any more.");
    }
}

/// <param name="Id">The hook's.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Host">Where it goes; the whole address may hold a secret and is not shown again.</param>
/// <param name="CreatedBy">By whose right.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="LastSeq">The last entry of the room's log that the receiver has taken.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Problem">What the last failure was.</param>
/// <param name="DisabledAt">Since when it is switched off.</param>
internal sealed record HookView(Guid Id, string Name, string Host, Guid CreatedBy, Instant CreatedAt, long LastSeq, int Failures, string? Problem, Instant? DisabledAt)
{
    public static HookView Of(HookRow row) =>
        new(row.Id, row.Name, new Uri(row.Url).Authority, row.CreatedBy, row.CreatedAt, row.LastSeq, row.Failures, row.Problem, Instant.From(row.DisabledAt));
}
