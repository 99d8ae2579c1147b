using ChatMonolith.Auth.Persistence;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Auth.Users;

/// <summary>Accounts for the other modules, each call in a scope of its own so that long-lived parts may ask too.</summary>
internal sealed class People(IServiceScopeFactory scopes) : IPeople
{
    /// <summary>Below what a statement takes in parameters.</summary>
    private const int AtOnce = 500;

    private const int MostAdmins = 100;

    public async Task<IReadOnlyDictionary<Guid, UserView>> Find(IReadOnlyCollection<Guid> userIds, CancellationToken ct)
    {
        var found = new Dictionary<Guid, UserView>(userIds.Count);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        foreach (var some in userIds.Distinct().Chunk(AtOnce))
        {
            await foreach (var account in db.Accounts.AsNoTracking().Where(a => some.Contains(a.Id)).AsAsyncEnumerable().WithCancellation(ct))
            {
                found[account.Id] = account.ToView();
            }
        }

        return found;
    }

    public async Task<IReadOnlySet<Guid>> Active(IReadOnlyCollection<Guid> userIds, CancellationToken ct)
    {
        var active = new HashSet<Guid>(userIds.Count);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        foreach (var some in userIds.Distinct().Chunk(AtOnce))
        {
            active.UnionWith(await db.Accounts.Where(a => a.IsActive && some.Contains(a.Id)).Select(a => a.Id).ToListAsync(ct));
        }

        return active;
    }

    public async Task<IReadOnlyDictionary<Guid, Addressee>> Addressees(IReadOnlyCollection<Guid> userIds, CancellationToken ct)
    {
        var found = new Dictionary<Guid, Addressee>(userIds.Count);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        foreach (var some in userIds.Distinct().Chunk(AtOnce))
        {
            var rows = await db.Accounts.Where(a => a.IsActive && a.EmailConfirmed && a.Email != null && some.Contains(a.Id)).Select(a => new { a.Id, a.Email, a.Language }).ToListAsync(ct);
            rows.ForEach(a => found[a.Id] = new Addressee(a.Email!, a.Language));
        }

        return found;
    }

    public async Task<IReadOnlyList<Addressee>> Admins(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        return await db.Accounts.Where(a => a.Role == ServerRole.Admin && a.IsActive && a.EmailConfirmed && a.Email != null).OrderBy(a => a.Id).Take(MostAdmins)
            .Select(a => new Addressee(a.Email!, a.Language)).ToListAsync(ct);
    }

    public async Task<Guid?> IdOf(string username, CancellationToken ct)
    {
        var key = username.ToLowerInvariant();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        return await db.Accounts.Where(a => a.UserName == key).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(ct);
    }

    public async Task<Guid?> IdOfEmail(string email, CancellationToken ct)
    {
        var key = Account.EmailKey(email);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        return await db.Accounts.Where(a => a.NormalizedEmail == key && a.IsActive).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(ct);
    }
}
