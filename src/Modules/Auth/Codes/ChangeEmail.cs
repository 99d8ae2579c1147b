using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Mail;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Codes;

/// <summary>Sends a code to an address that shall become the caller's; <see cref="VerifyEmail"/> completes it.</summary>
internal static class ChangeEmail
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/email/change", async (Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.NewEmail, caller, client), ct)).ToHttp(_ => Results.Accepted()))
            .RequireAuthorization(Policies.StepUp).WithTags("Auth").WithSummary("Change my email address")
            .WithDescription("Sends a code to the new address; `POST /auth/email/verify` with both, while logged in, makes it the account's, and the old address is told. Whether somebody else has the new one is not told here. Needs a step-up, and mail (`unavailable` without).")
            .Produces(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429).ProducesProblem(409);

    public sealed record Body(string? NewEmail);

    public sealed record Command(string? NewEmail, Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.NewEmail).Must(e => e is not null && AccountRules.IsEmail(e)).WithMessage("Enter an email address.");
    }

    internal sealed class Handler(AuthDb db, CodeLetters letters, LetterLimits limits, IMailOutbox outbox) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!outbox.Works)
            {
                return Error.Conflict("This server has no mail, so a new address cannot be confirmed. Ask an admin.", ConflictReasons.NoMail);
            }

            if (limits.Refuse("change\n" + Account.EmailKey(request.NewEmail!), request.Client) is { } refusal)
            {
                return refusal;
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var key = Account.EmailKey(request.NewEmail!);
            if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is not { } account)
            {
                return Error.Unauthenticated();
            }

            if (!await db.Accounts.AnyAsync(a => a.NormalizedEmail == key, cancellationToken))
            {
                await letters.Post(db, account, CodePurpose.ChangeEmail, request.NewEmail!, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return Nothing.Value;
        }
    }
}
