using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Keys;

/// <summary>A person's current public key.</summary>
internal static class GetKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/{id:id}/key", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id), ct)).ToOk())
            .WithTags("Users").WithSummary("A person's public key").WithDescription("Nobody there and no key made yet are the same 404.")
            .Produces<KeyView>().ProducesProblem(401).ProducesProblem(404);

    public sealed record Query(Guid UserId) : IRequest<Result<KeyView>>;

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<KeyView>>
    {
        public async Task<Result<KeyView>> Handle(Query request, CancellationToken cancellationToken)
        {
            var found = await db.CurrentKeys(db.Accounts.Where(a => a.Id == request.UserId)).SingleOrDefaultAsync(cancellationToken);
            return found is null ? Error.NotFound : KeyView.Of(found.Account, found.Key);
        }
    }
}

/// <summary>An active account with its current key.</summary>
internal sealed record AccountKey(Account Account, PersonKey Key);

internal static class KeyQueries
{
    /// <param name="db">Where they are.</param>
    /// <param name="people">Whose are wanted.</param>
    public static IQueryable<AccountKey> CurrentKeys(this AuthDb db, IQueryable<Account> people) =>
        from account in people.AsNoTracking()
        where account.IsActive
        from key in db.Keys
        where key.AccountId == account.Id && key.Fingerprint == account.KeyFingerprint
        select new AccountKey(account, key);
}
