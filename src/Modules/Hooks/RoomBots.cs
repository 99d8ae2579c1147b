using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks;

/// <summary>What a room's owner gives it and takes from it together with a bot: a URL that posts, a command.</summary>
internal sealed class RoomBots(HooksDb db, IRoomAccess access, IRoomLog log, IBotAccounts bots, IRoomEntry entry, IOptions<HooksOptions> options)
{
    /// <summary>Account, membership and <paramref name="make"/>'s row in one commit, for an owner, while hooks are switched on.</summary>
    public async Task<Result<T>> Give<T>(Guid roomId, Caller caller, Func<ILogTransaction, CancellationToken, Task<Result<T>>> make, CancellationToken ct)
        where T : notnull
    {
        if (await access.Refuse(roomId, caller.UserId, ct) is { } refusal)
        {
            return refusal;
        }

        return options.Value.Enabled
            ? await log.Commit(make, new CommitOrigin(caller.SessionId), ct)
            : Error.Forbidden("Hooks are switched off on this server.");
    }

    /// <summary>A new bot, in this room alone.</summary>
    public async Task<Result<Guid>> LetIn(ILogTransaction tx, Guid roomId, string name, Caller caller, CancellationToken ct)
    {
        var bot = await bots.Create(tx, name, ct);
        return await entry.LetIn(tx, roomId, bot.Id, caller.UserId, ct) is { } refusal ? refusal : bot.Id;
    }

    /// <summary>The row and its bot in one commit; what that wrote stays.</summary>
    public async Task<Result<Nothing>> Take<T>(Guid roomId, Guid id, Caller caller, CancellationToken ct)
        where T : class, IWithBot
    {
        if (await access.Refuse(roomId, caller.UserId, ct) is { } refusal)
        {
            return refusal;
        }

        return await db.Set<T>().Where(r => r.Id == id && r.RoomId == roomId).Select(r => (Guid?)r.BotId).SingleOrDefaultAsync(ct) is { } botId
            ? await bots.Remove(botId, new CommitOrigin(caller.SessionId), (tx, token) => tx.Forget<T>(id, token), ct)
            : Error.NotFound;
    }
}

internal static class BotRows
{
    /// <summary>Removes a row in its bot's last commit.</summary>
    public static async Task<Error?> Forget<T>(this ILogTransaction tx, Guid id, CancellationToken ct)
        where T : class, IWithBot =>
        await tx.Use<HooksDb>().Set<T>().Where(r => r.Id == id).ExecuteDeleteAsync(ct) == 1 ? null : Error.NotFound;
}
