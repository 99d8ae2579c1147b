using System.Text.Json.Serialization;
using ChatMonolith.Auth.Codes;
using ChatMonolith.Auth.Invitations;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Accounts;

/// <summary>Makes an account, with what belongs to it from its first moment, in one transaction. The first one becomes the admin.</summary>
internal static class Register
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/register", async (Body body, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Email, body.Username, body.Password, body.DisplayName, body.SetupToken, client, Invitation: body.Invitation), ct))
                .ToHttp(made => Results.Created($"/api/v1/users/{made.User.Id}", made)))
            .AllowAnonymous().WithTags("Auth").WithSummary("Make an account")
            .WithDescription("Without username or password the server makes them and shows them once in `generated`. Until there is an admin only this server's own machine, or the holder of the set-up link (`setupToken`: what stands after `#`), may register, and exactly one becomes admin; a set-up token that is wrong or used answers `setup_required`. Usernames are kept in lower case. `invitation` is what stands after `#` in a letter of invitation (`POST /invitations`): it lets in where registration is by invitation, works once (`gone`), brings its address, confirmed, where `email` is left out or the same, and its role.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(409).ProducesProblem(429);

    public sealed record Body(string? Email, string? Username, string? Password, string? DisplayName, string? SetupToken, string? Invitation);

    public sealed record Made(UserView User, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Credentials? Generated);

    public sealed record Credentials(string Username, string Password);

    /// <param name="Email">May be left out where the setting says so.</param>
    /// <param name="Username">Null: the server makes one.</param>
    /// <param name="Password">Null: the server makes one.</param>
    /// <param name="DisplayName">Null: the username.</param>
    /// <param name="SetupToken">What stands after <c>#</c> in the set-up link.</param>
    /// <param name="Client">Where from.</param>
    /// <param name="Invitation">What stands after <c>#</c> in a letter of invitation.</param>
    /// <param name="AsAdmin">The operator asks, who holds the data folder itself: no rule of registration applies. No route sets it.</param>
    public sealed record Command(
        string? Email, string? Username, string? Password, string? DisplayName, string? SetupToken, ClientInfo Client, bool AsAdmin = false, string? Invitation = null) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<AuthOptions> options)
        {
            RuleFor(c => c.Invitation).MaximumLength(100);
            RuleFor(c => c.Email).NotEmpty().When(c => options.Value.EmailRequired && !c.AsAdmin && c.Invitation is null).WithMessage("Enter an email address.");
            RuleFor(c => c.Email).Must(e => AccountRules.IsEmail(e!)).When(c => !string.IsNullOrEmpty(c.Email)).WithMessage($"This is no email address of at most {Account.EmailMax} characters.");
            RuleFor(c => c.Username).Must(u => AccountRules.IsUsername(AccountRules.FoldUsername(u!))).When(c => c.Username is not null)
                .WithMessage($"A username has {Account.UsernameMin} to {Account.UsernameMax} characters out of a-z, 0-9, dot, underscore and hyphen.");
            RuleFor(c => c.Password).Custom((password, context) =>
            {
                if (PasswordRules.Objection(password!, context.InstanceToValidate.Username, context.InstanceToValidate.Email) is { } objection)
                {
                    context.AddFailure(objection);
                }
            }).When(c => c.Password is not null);
            RuleFor(c => c.DisplayName).IsDisplayName().When(c => c.DisplayName is not null);
        }
    }

    internal sealed class Handler(
        AuthDb db,
        IRoomLog log,
        IEnumerable<IAccountCreation> participants,
        Setup setup,
        PasswordHashing hashing,
        CodeLetters letters,
        Guests guests,
        IAuditLog audit,
        TimeProvider time,
        IOptions<AuthOptions> options,
        ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Made>>
    {
        private const string UsernameTaken = "This username is taken. Choose another.";
        private const string EmailTaken = "There is an account with this email address. Log in, or use another address.";

        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            var username = request.Username is null ? null : AccountRules.FoldUsername(request.Username);

            // Asked before hashing, which is costly, and once more inside the transaction, where the answer counts.
            if (await Refuse(db, await setup.IsDue(db, cancellationToken), request, username, cancellationToken) is { } early)
            {
                return early;
            }

            var password = request.Password ?? AccountRules.NewPassword();
            var account = NewAccount(request);
            var entered = await hashing.Enter(cancellationToken);
            if (!entered.IsOk)
            {
                return entered.Error;
            }

            using (var place = entered.Value)
            {
                account.PasswordHash = place.Hash(account, password);
            }

            var made = await Insert(request, account, username, cancellationToken);
            return made.Map(user => new Made(user, request.Username is null || request.Password is null ? new Credentials(user.Username, password) : null));
        }

        private static Account NewAccount(Command request) => new()
        {
            Id = Guid.CreateVersion7(),
            Email = string.IsNullOrEmpty(request.Email) ? null : request.Email,
            NormalizedEmail = string.IsNullOrEmpty(request.Email) ? null : Account.EmailKey(request.Email),
            SecurityStamp = Secrets.NewToken(),
        };

        private async Task<Result<UserView>> Insert(Command request, Account account, string? username, CancellationToken ct)
        {
            try
            {
                return await log.Commit((transaction, token) => InsertIn(transaction, request, account, username, token), new CommitOrigin(), ct);
            }
            catch (DbUpdateException e) when (DatabaseFailures.IsDuplicate(e))
            {
                // Another node took the name between the look and the insert; which of the two names, the next look tells.
                return await Refuse(db, await setup.IsDue(db, ct), request, username, ct) ?? Error.Conflict("Somebody registered at the same moment. Try again.");
            }
        }

        private async Task<Result<UserView>> InsertIn(ILogTransaction transaction, Command request, Account account, string? username, CancellationToken ct)
        {
            var writing = transaction.Use<AuthDb>();
            var isFirst = !await Setup.HasAdmin(writing, ct);
            if (await Refuse(writing, isFirst, request, username, ct) is { } refusal)
            {
                return refusal;
            }

            var invitation = isFirst || request.Invitation is null ? null : await Invited.Take(writing, request.Invitation, transaction.At, ct);
            if (!isFirst && request.Invitation is not null)
            {
                if (invitation is null)
                {
                    return Invited.Over;
                }

                account.Email ??= invitation.Email;
                account.NormalizedEmail ??= invitation.EmailKey;
                account.EmailConfirmed = account.NormalizedEmail == invitation.EmailKey;
                if (await writing.Accounts.AnyAsync(a => a.NormalizedEmail == account.NormalizedEmail, ct))
                {
                    return new Error(ErrorCodes.EmailTaken, EmailTaken);
                }
            }

            account.UserName = username ?? await FreeUsername(writing, ct);
            account.DisplayName = request.DisplayName ?? account.UserName;
            account.DisplayNameKey = Account.SearchKey(account.DisplayName);
            account.Role = isFirst || request.AsAdmin ? ServerRole.Admin : invitation?.Role ?? ServerRole.Member;
            account.CreatedAt = transaction.At;
            account.Language = request.Client.Language;
            writing.Accounts.Add(account);
            await writing.SaveChangesAsync(ct);
            if (account is { Email: not null, EmailConfirmed: false })
            {
                await letters.Post(writing, account, CodePurpose.VerifyEmail, account.Email, ct);
            }

            foreach (var participant in participants)
            {
                await participant.Created(transaction, account.ToView(), ct);
            }

            var details = AuditEvent.Of(("username", account.UserName), ("role", account.Role.ToString().ToLowerInvariant()), ("by", request.AsAdmin ? "the operator" : isFirst ? "set-up" : invitation is null ? "themselves" : "invitation"));
            await audit.Append(writing, new AuditEvent("user.registered", request.AsAdmin ? null : account.Id, "user", account.Id, request.Client.Address, Details: details), ct);
            transaction.OnCommitted(() =>
            {
                if (isFirst)
                {
                    setup.Finish();
                }

                guests.Set(account.Id, account.Role);
                logger.Registered(account.Id, account.UserName, account.Role.ToString(), request.Client.Address);
            });
            return account.ToOwnView();
        }

        private static async Task<string> FreeUsername(AuthDb writing, CancellationToken ct)
        {
            while (true)
            {
                var username = AccountRules.NewUsername();
                if (!await writing.Accounts.AnyAsync(a => a.UserName == username, ct))
                {
                    return username;
                }
            }
        }

        private async Task<Error?> Refuse(AuthDb asking, bool setupIsDue, Command request, string? username, CancellationToken ct)
        {
            if (request.AsAdmin)
            {
                // Only the names can be in the way.
            }
            else if (setupIsDue)
            {
                if (setup.Refuse(request.SetupToken, request.Client) is { } refusal)
                {
                    logger.SetupRefused(request.Client.Address);
                    audit.Note(new AuditEvent("set-up.refused", ActorId: null, Address: request.Client.Address, Result: AuditResult.Refused));
                    return refusal;
                }
            }
            else if (request.SetupToken is not null)
            {
                return new Error(ErrorCodes.SetupRequired, "This set-up link is used up: the server has its admin. Register without it, or log in.");
            }
            else if (request.Invitation is { } invitation && options.Value.Registration is not RegistrationMode.Closed)
            {
                if (!await Invited.IsOpen(asking, invitation, time.Now(), ct))
                {
                    return Invited.Over;
                }
            }
            else if (options.Value.Registration is not RegistrationMode.Open)
            {
                return Error.Forbidden(options.Value.Registration is RegistrationMode.Invitation
                    ? "Accounts are made by invitation here. Ask a member or an admin."
                    : "Registration is closed here. Ask an admin.");
            }

            if (username is not null && await asking.Accounts.AnyAsync(a => a.UserName == username, ct))
            {
                return new Error(ErrorCodes.UsernameTaken, UsernameTaken);
            }

            var email = string.IsNullOrEmpty(request.Email) ? null : Account.EmailKey(request.Email);
            return email is not null && await asking.Accounts.AnyAsync(a => a.NormalizedEmail == email, ct) ? new Error(ErrorCodes.EmailTaken, EmailTaken) : null;
        }
    }
}
