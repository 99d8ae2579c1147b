using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Codes;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Mail;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Invitations;

/// <summary>Invites by mail somebody who has no account. The link is in the letter alone: it also proves the address.</summary>
internal static class InvitePerson
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/invitations", async (Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Email, body.Message, body.Role, caller, client), ct)).ToHttp(made => Results.Created("/api/v1/invitations", made)))
            .RequireAuthorization(Policies.NoGuests).WithTags("Auth").WithSummary("Invite somebody who has no account")
            .WithDescription("A letter with a link, `/register#code`, good for one account within 7 days; `invitation` of `POST /auth/register` takes what stands after `#`. `role` is `member` (the default) or `guest`; an admin's too. An address is invited anew by the newest letter alone; one that has an account already is sent nothing, and the answer is the same. `forbidden` where registration is closed, `unavailable` without mail.")
            .Produces<InvitationView>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429).ProducesProblem(409);

    public sealed record Body(string? Email, string? Message, ServerRole? Role);

    public sealed record InvitationView(Guid Id, string Email, ServerRole Role, Instant ExpiresAt);

    public sealed record Command(string? Email, string? Message, ServerRole? Role, Caller Caller, ClientInfo Client) : IRequest<Result<InvitationView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Email).Must(e => e is not null && AccountRules.IsEmail(e)).WithMessage("Enter an email address.");
            RuleFor(c => c.Message).Must(m => m is null || (m.Length <= InvitationRow.MessageMax && AccountRules.IsText(m))).WithMessage($"A message has at most {InvitationRow.MessageMax} characters.");
            RuleFor(c => c.Role).Must(r => r is null or ServerRole.Member or ServerRole.Guest).WithMessage("One is invited as `member` or as `guest`.");
        }
    }

    internal sealed class Handler(AuthDb db, IMailOutbox outbox, IAuditLog audit, LetterLimits limits, IOptions<AuthOptions> options, TimeProvider time, ILogger<Handler> logger) : IRequestHandler<Command, Result<InvitationView>>
    {
        public async Task<Result<InvitationView>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (options.Value.Registration is RegistrationMode.Closed)
            {
                return Error.Forbidden("Registration is closed here. Ask an admin.");
            }

            if (!outbox.Works)
            {
                return Error.Conflict("This server has no mail, so nobody can be invited by it.", ConflictReasons.NoMail);
            }

            if (limits.Refuse("invite\n" + Account.EmailKey(request.Email!), request.Client) is { } refusal)
            {
                return refusal;
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is not { } inviter)
            {
                return Error.Unauthenticated();
            }

            var since = time.Now() - (long)Day.TotalMilliseconds;
            if (await db.Invitations.CountAsync(i => i.InvitedBy == inviter.Id && i.CreatedAt > since, cancellationToken) >= options.Value.InvitationsPerDay)
            {
                return Error.RateLimited(TimeSpan.FromHours(1));
            }

            var (row, code) = NewRow(request, inviter.Id);
            db.Invitations.Add(row);
            await db.SaveChangesAsync(cancellationToken);
            await Post(row, code, inviter, cancellationToken);
            await audit.Append(
                db, new AuditEvent("invitation.sent", inviter.Id, "invitation", row.Id, request.Client.Address, request.Caller.SessionId, Details: AuditEvent.Of(("role", row.Role.ToString().ToLowerInvariant()))), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            logger.Invited(inviter.Id, row.Id);
            return new InvitationView(row.Id, row.Email, row.Role, row.ExpiresAt);
        }

        private (InvitationRow Row, string Code) NewRow(Command request, Guid inviter)
        {
            var code = Secrets.NewToken();
            var now = time.Now();
            var row = new InvitationRow
            {
                Id = Guid.CreateVersion7(),
                Hash = Secrets.Hash(code),
                Email = request.Email!,
                EmailKey = Account.EmailKey(request.Email!),
                InvitedBy = inviter,
                Role = request.Role ?? ServerRole.Member,
                Message = request.Message ?? "",
                CreatedAt = now,
                ExpiresAt = now + (long)InvitationRow.Lifetime.TotalMilliseconds,
            };
            return (row, code);
        }

        private async Task Post(InvitationRow row, string code, Account inviter, CancellationToken ct)
        {
            // Earlier letters to this address are void.
            await db.Invitations.Where(i => i.EmailKey == row.EmailKey && i.Id != row.Id && i.AcceptedAt == null).ExecuteUpdateAsync(set => set.SetProperty(i => i.ExpiresAt, 0), ct);
            if (await db.Accounts.AnyAsync(a => a.NormalizedEmail == row.EmailKey, ct))
            {
                return;
            }

            var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["inviter"] = inviter.DisplayName, ["message"] = row.Message, ["link"] = "/register#" + code };
            await outbox.Post(db, new Letter(LetterKind.Invitation, row.Email, inviter.Language, values, row.ExpiresAt), ct);
        }
    }
}
