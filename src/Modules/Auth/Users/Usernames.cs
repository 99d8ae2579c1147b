using ChatMonolith.Auth.Persistence;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Auth.Users;

internal sealed class Usernames(IServiceScopeFactory scopes) : IUsernames
{
    public async Task<IReadOnlyDictionary<string, Guid>> Resolve(ILogTransaction transaction, IReadOnlyCollection<string> usernames, CancellationToken ct) =>
        await transaction.Use<AuthDb>().Accounts.AsNoTracking()
            .Where(a => a.IsActive && usernames.Contains(a.UserName!))
            .ToDictionaryAsync(a => a.UserName!, a => a.Id, StringComparer.Ordinal, ct);

    public async Task<IReadOnlyList<UserView>> Find(string prefix, string? after, int limit, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<AuthDb>().Accounts.BeginningWith(prefix, after).Take(limit).ToListAsync(ct);
        return found.ConvertAll(a => a.ToView());
    }
}

internal static class AccountSearch
{
    /// <summary>Above every text with a prefix: the last code point there is.</summary>
    private const string End = "\U0010FFFF";

    /// <summary>Active accounts by the beginning of their username or display name, in the order of their usernames.</summary>
    public static IQueryable<Account> BeginningWith(this DbSet<Account> accounts, string prefix, string? after)
    {
        var people = accounts.AsNoTracking().Where(a => a.IsActive);
        if (prefix.Length > 0)
        {
            // As ranges, so that both halves follow an index.
            var from = Account.SearchKey(prefix);
            var to = from + End;
            people = people.Where(a =>
                (string.Compare(a.UserName, from) >= 0 && string.Compare(a.UserName, to) < 0)
                || (string.Compare(a.DisplayNameKey, from) >= 0 && string.Compare(a.DisplayNameKey, to) < 0));
        }

        if (after is not null)
        {
            people = people.Where(a => string.Compare(a.UserName, after) > 0);
        }

        return people.OrderBy(a => a.UserName);
    }
}
