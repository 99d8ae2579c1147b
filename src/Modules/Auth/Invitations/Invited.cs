using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Invitations;

/// <summary>Letters of invitation, from the side of who got one.</summary>
internal static class Invited
{
    public static readonly Error Over = new(ErrorCodes.Gone, "This invitation was used, is too old, or a newer one was sent. Ask for another.");

    public static Task<bool> IsOpen(AuthDb db, string code, long now, CancellationToken ct)
    {
        var hash = Secrets.Hash(code);
        return db.Invitations.AnyAsync(i => i.Hash == hash && i.AcceptedAt == null && i.ExpiresAt > now, ct);
    }

    /// <summary>For the first who comes, within the transaction that makes their account; null for all others.</summary>
    public static async Task<InvitationRow?> Take(AuthDb db, string code, long now, CancellationToken ct)
    {
        var hash = Secrets.Hash(code);
        return await db.Invitations.Where(i => i.Hash == hash && i.AcceptedAt == null && i.ExpiresAt > now).ExecuteUpdateAsync(set => set.SetProperty(i => i.AcceptedAt, now), ct) == 1
            ? await db.Invitations.AsNoTracking().SingleAsync(i => i.Hash == hash, ct)
            : null;
    }
}
