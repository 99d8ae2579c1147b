using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Mail;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

internal static class SendResetLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/users/{id:id}/reset-link", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, actor), ct)).ToHttp(_ => Results.Accepted()))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Mail somebody a link to choose a new password")
            .WithDescription("To the account's address; the answer has no secret. `conflict` where there is no mail server, or the account has no address. Their second factor stays due. Needs a step-up.")
            .Produces(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Command(Guid UserId, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, ResetLink link, IMailOutbox outbox, IAuditLog audit) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.UserId && a.IsActive, cancellationToken) is not { } account)
            {
                return Error.NotFound;
            }

            if (account.IsBot || account.Email is null)
            {
                return Error.Conflict(account.IsBot ? "A bot has no password." : "This account has no address to send a link to.", ConflictReasons.NoAddress);
            }

            if (!outbox.Works)
            {
                return Error.Conflict("No mail server is set, so that no link can be sent.", ConflictReasons.NoMail);
            }

            await link.Post(db, account, LetterKind.ResetPassword, cancellationToken);
            await audit.Append(db, AuditEvent.By(request.Actor, "user.reset-link", "user", account.Id), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Nothing.Value;
        }
    }
}
