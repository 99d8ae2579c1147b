using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Contracts.Messaging;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Administration;

/// <summary>Makes an account without a password; its person chooses one by a link that goes to their mailbox alone.</summary>
internal static class CreateAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/users", async (Body body, Actor actor, IMediator mediator, CancellationToken ct) =>
            {
                var made = await mediator.Send(new Command(body.Email, body.Username, body.DisplayName, body.Role ?? ServerRole.Member, actor), ct);
                if (!made.IsOk)
                {
                    return made.Error.ToProblem();
                }

                return (await mediator.Send(new ListAccounts.One(made.Value), ct)).ToHttp(user => Results.Created($"/api/v1/admin/users/{user.Id}", user));
            })
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Make an account for somebody")
            .WithDescription("A letter with a link to choose a password goes to `email`, for seven days; the answer has no secret. Without `username` one is made. `conflict` where no mail server is set. Needs a step-up.")
            .Produces<AdminUserView>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Body(string? Email, string? Username, string? DisplayName, ServerRole? Role);

    public sealed record Command(string? Email, string? Username, string? DisplayName, ServerRole Role, Actor Actor) : IRequest<Result<Guid>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Email).Must(e => e is not null && AccountRules.IsEmail(e)).WithMessage($"Give an email address of at most {Account.EmailMax} characters.");
            RuleFor(c => c.Username).Must(u => AccountRules.IsUsername(AccountRules.FoldUsername(u!))).When(c => c.Username is not null)
                .WithMessage($"A username has {Account.UsernameMin} to {Account.UsernameMax} characters out of a-z, 0-9, dot, underscore and hyphen.");
            RuleFor(c => c.DisplayName).IsDisplayName().When(c => c.DisplayName is not null);
        }
    }

    internal sealed class Handler(IRoomLog log, IEnumerable<IAccountCreation> participants, ResetLink link, IMailOutbox outbox, IAuditLog audit, Guests guests, ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Guid>>
    {
        private static readonly Error UsernameTaken = new(ErrorCodes.UsernameTaken, "This username is taken. Choose another.");
        private static readonly Error EmailTaken = new(ErrorCodes.EmailTaken, "There is an account with this email address.");

        public async Task<Result<Guid>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!outbox.Works)
            {
                return Error.Conflict("No mail server is set, so that nobody could be sent their link. Let people register, or use chatctl.", ConflictReasons.NoMail);
            }

            try
            {
                return await log.Commit<Guid>((tx, ct) => Make(tx, request, ct), new CommitOrigin(request.Actor.SessionId), cancellationToken);
            }
            catch (DbUpdateException e) when (DatabaseFailures.IsDuplicate(e))
            {
                return Error.Conflict("Somebody registered at the same moment. Try again.");
            }
        }

        private async Task<Result<Guid>> Make(ILogTransaction tx, Command request, CancellationToken ct)
        {
            var db = tx.Use<AuthDb>();
            var email = Account.EmailKey(request.Email!);
            if (await db.Accounts.AnyAsync(a => a.NormalizedEmail == email, ct))
            {
                return EmailTaken;
            }

            var username = request.Username is { } wished ? AccountRules.FoldUsername(wished) : await Free(db, ct);
            if (await db.Accounts.AnyAsync(a => a.UserName == username, ct))
            {
                return UsernameTaken;
            }

            var displayName = request.DisplayName ?? username;
            var account = new Account
            {
                Id = Guid.CreateVersion7(),
                UserName = username,
                Email = request.Email,
                NormalizedEmail = email,
                DisplayName = displayName,
                DisplayNameKey = Account.SearchKey(displayName),
                SecurityStamp = Secrets.NewToken(),
                Role = request.Role,
                CreatedAt = tx.At,
            };
            db.Accounts.Add(account);
            await db.SaveChangesAsync(ct);
            await link.Post(db, account, LetterKind.Welcome, ct);
            foreach (var participant in participants)
            {
                await participant.Created(tx, account.ToView(), ct);
            }

            await audit.Append(db, AuditEvent.By(request.Actor, "user.made", "user", account.Id, ("username", username), ("role", request.Role.ToString().ToLowerInvariant())), ct);
            tx.OnCommitted(() => guests.Set(account.Id, account.Role));
            tx.OnCommitted(() => logger.Registered(account.Id, username, request.Role.ToString(), request.Actor.Address));
            return account.Id;
        }

        private static async Task<string> Free(AuthDb db, CancellationToken ct)
        {
            while (true)
            {
                var username = AccountRules.NewUsername();
                if (!await db.Accounts.AnyAsync(a => a.UserName == username, ct))
                {
                    return username;
                }
            }
        }
    }
}
