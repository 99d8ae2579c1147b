using System.Buffers.Text;
using System.Text;
using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Users;

/// <summary>People by the beginning of their username or display name, in the order of their usernames.</summary>
internal static class FindUsers
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users", async (string? query, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(caller, query ?? "", limit ?? Page<UserView>.DefaultLimit, cursor), ct)).ToOk())
            .RequireAuthorization(Policies.NoGuests).WithTags("Users").WithSummary("Find people")
            .WithDescription("By the beginning of their username or display name, without regard to case; all of them without `query`. Active accounts only, in the order of their usernames.")
            .Produces<Page<UserView>>().ProducesProblem(400).ProducesProblem(401);

    public sealed record Query(Caller Caller, string Text, int Limit, string? Cursor) : IRequest<Result<Page<UserView>>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Text).MaximumLength(Account.DisplayNameMax).Must(AccountRules.IsOneLine).OverridePropertyName("query").WithMessage($"Search for at most {Account.DisplayNameMax} characters in one line.");
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<UserView>.MaxLimit);
            RuleFor(q => q.Cursor).Must(c => DecodeCursor(c) is not null).When(q => q.Cursor is not null).WithMessage("This cursor was not given out by this list.");
        }
    }

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<Page<UserView>>>
    {
        public async Task<Result<Page<UserView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var found = await db.Accounts.BeginningWith(request.Text, DecodeCursor(request.Cursor)).Take(request.Limit + 1).ToListAsync(cancellationToken);
            var items = found.Take(request.Limit).Select(a => request.Caller.IsAdmin || a.Id == request.Caller.UserId ? a.ToOwnView() : a.ToView()).ToList();
            return new Page<UserView>(items, found.Count > request.Limit ? EncodeCursor(items[^1].Username) : null);
        }
    }

    private static string EncodeCursor(string username) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(username));

    private static string? DecodeCursor(string? cursor)
    {
        if (cursor is not { Length: > 0 and <= 2 * Account.UsernameMax } || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var username = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        return AccountRules.IsUsername(username) ? username : null;
    }
}
