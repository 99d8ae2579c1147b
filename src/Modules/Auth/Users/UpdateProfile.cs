using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Users;

/// <summary>Changes what a person says of themselves; their devices and contacts hear of it through their logs.</summary>
internal static class UpdateProfile
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch("/users/me", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.DisplayName, body.Bio, caller), ct)).ToOk())
            .WithTags("Users").WithSummary("Change my profile").WithDescription("What is left out stays.")
            .Produces<UserView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    public sealed record Body(string? DisplayName, string? Bio);

    public sealed record Command(string? DisplayName, string? Bio, Caller Caller) : IRequest<Result<UserView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.DisplayName).IsDisplayName().When(c => c.DisplayName is not null);
            RuleFor(c => c.Bio).IsBio().When(c => c.Bio is not null);
        }
    }

    internal sealed class Handler(IRoomLog log, IRoomAccess rooms) : IRequestHandler<Command, Result<UserView>>
    {
        public async Task<Result<UserView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var userId = request.Caller.UserId;
            var contacts = await rooms.Contacts(userId, cancellationToken);
            return await log.Commit<UserView>(
                async (transaction, ct) =>
                {
                    var db = transaction.Use<AuthDb>();
                    var account = await db.Accounts.SingleAsync(a => a.Id == userId, ct);
                    if (!Change(account, request))
                    {
                        return account.ToOwnView();
                    }

                    await db.SaveChangesAsync(ct);
                    await transaction.TellProfile(account, contacts, ct);
                    return account.ToOwnView();
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
        }

        private static bool Change(Account account, Command request)
        {
            var displayName = request.DisplayName ?? account.DisplayName;
            var bio = request.Bio ?? account.Bio;
            if (displayName == account.DisplayName && bio == account.Bio)
            {
                return false;
            }

            account.DisplayName = displayName;
            account.DisplayNameKey = Account.SearchKey(displayName);
            account.Bio = bio;
            return true;
        }
    }
}
