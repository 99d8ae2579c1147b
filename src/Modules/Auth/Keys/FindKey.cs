using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Keys;

/// <summary>The public key of whoever has an email address: a file is often meant for an address.</summary>
internal static class FindKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/keys", async (string? email, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller, email), ct)).ToOk())
            .WithTags("Users").WithSummary("A public key by email address")
            .WithDescription("An address that nobody has and one whose owner made no key are the same 404. `emailVerified` says whether the owner has shown that the address is theirs. 30 questions a minute and person (`rate_limited`).")
            .Produces<KeyView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(429);

    public sealed record Query(Caller Caller, string? Email) : IRequest<Result<KeyView>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(q => q.Email).Cascade(CascadeMode.Stop).NotEmpty().Must(e => AccountRules.IsEmail(e!)).WithMessage("This is not an email address.");
    }

    internal sealed class Handler(AuthDb db, KeyLookups lookups) : IRequestHandler<Query, Result<KeyView>>
    {
        public async Task<Result<KeyView>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (lookups.Wait(request.Caller.UserId) is { } wait)
            {
                return Error.RateLimited(wait);
            }

            var address = Account.EmailKey(request.Email!);
            var found = await db.CurrentKeys(db.Accounts.Where(a => a.NormalizedEmail == address)).SingleOrDefaultAsync(cancellationToken);
            return found is null ? Error.NotFound : KeyView.Of(found.Account, found.Key);
        }
    }
}
