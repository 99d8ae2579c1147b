using System.Runtime.CompilerServices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Leaving;

/// <summary>The account, its sessions, tokens and passkeys, without what opens anything.</summary>
internal sealed class AccountData(AuthDb db) : IPersonalData
{
    public string File => "account.json";

    public async IAsyncEnumerable<object> Of(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == userId, ct);
        yield return new { account = account.ToOwnView(), lastLoginAt = Instant.From(account.LastLoginAt), account.Language };
        foreach (var s in await db.Sessions.AsNoTracking().Where(s => s.AccountId == userId).ToListAsync(ct))
        {
            yield return new { session = s.Id, kind = s.Kind, scopes = ScopeNames.Of(s.Scopes), createdAt = (Instant)s.CreatedAt, lastUsedAt = (Instant)s.LastUsedAt, s.UserAgent, s.Ip };
        }

        foreach (var p in await db.Passkeys.AsNoTracking().Where(p => p.AccountId == userId).ToListAsync(ct))
        {
            yield return new { passkey = p.Id, p.Name, createdAt = (Instant)p.CreatedAt, lastUsedAt = Instant.From(p.LastUsedAt) };
        }

        foreach (var i in await db.Invitations.AsNoTracking().Where(i => i.InvitedBy == userId).ToListAsync(ct))
        {
            yield return new { invitation = i.Id, i.Email, i.Message, createdAt = (Instant)i.CreatedAt, acceptedAt = Instant.From(i.AcceptedAt) };
        }
    }
}
