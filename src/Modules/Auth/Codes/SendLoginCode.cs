using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.SecondFactors;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Auth.Codes;

/// <summary>Emails a code that serves as second factor, to who has just given the right password.</summary>
internal static class SendLoginCode
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/code", async (Body body, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Login, body.Password, client), ct)).ToHttp(_ => Results.Accepted()))
            .AllowAnonymous().WithTags("Auth").WithSummary("Email me a login code")
            .WithDescription("A second factor beside an authenticator app: the password has to be right, and the account's address confirmed. 202 also where no code is sent (no mail, no confirmed address, or after a reset by mail, when a code by mail would prove nothing more). The code goes into `code` of `POST /auth/login`; good for 10 minutes and five tries, once.")
            .Produces(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(429);

    public sealed record Body(string? Login, string? Password);

    public sealed record Command(string? Login, string? Password, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Login).NotEmpty().WithMessage("Enter your username or email address.").MaximumLength(Account.EmailMax).WithMessage("This is longer than any username or email address.");
            RuleFor(c => c.Password).PasswordThatMayBeWrong();
        }
    }

    internal sealed class Handler(AuthDb db, CredentialCheck credentials, SecondFactorCheck factors, CodeLetters letters, LetterLimits limits) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var account = await db.FindByLogin(request.Login!, cancellationToken);
            var accepted = await credentials.Verify(account, account?.Id.ToString() ?? Account.EmailKey(request.Login!), request.Password!, request.Client, cancellationToken);
            if (!accepted.IsOk)
            {
                return accepted.Error;
            }

            if (limits.Refuse("login\n" + account!.Id, request.Client) is { } refusal)
            {
                return refusal;
            }

            if (factors.TakesEmailCode(account))
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await letters.Post(db, account, CodePurpose.Login, account.Email!, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            return Nothing.Value;
        }
    }
}
