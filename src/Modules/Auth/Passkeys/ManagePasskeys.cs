using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Passkeys;

internal static class ListPasskeys
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/auth/passkeys", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .RequireAuthorization(Policies.Unfinished).WithTags("Auth").WithSummary("My passkeys, the newest first").WithDescription("Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<PasskeyView>>().ProducesProblem(401);

    public sealed record Query(Caller Caller) : IRequest<Result<Page<PasskeyView>>>;

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<Page<PasskeyView>>>
    {
        public async Task<Result<Page<PasskeyView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = await db.Passkeys.AsNoTracking().Where(p => p.AccountId == request.Caller.UserId).OrderByDescending(p => p.Id).ToListAsync(cancellationToken);
            return new Page<PasskeyView>(rows.ConvertAll(PasskeyView.Of), NextCursor: null);
        }
    }
}

/// <summary>A passkey that is removed opens nothing from this answer on.</summary>
internal static class RemovePasskey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/auth/passkeys/{id:id}", async (Guid id, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, caller, client), ct)).ToNoContent())
            .RequireAuthorization(Policies.StepUp).WithTags("Auth").WithSummary("Remove a passkey")
            .WithDescription("With the last second factor the recovery codes go too. The other sessions end. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid PasskeyId, Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, SessionProofs proofs, AccountNotices notices, ILogger<Handler> logger) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            List<Guid> others;
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is not { } account)
                {
                    return Error.Unauthenticated();
                }

                if (await db.Passkeys.Where(p => p.Id == request.PasskeyId && p.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken) == 0)
                {
                    return Error.NotFound;
                }

                if (!await db.Passkeys.AnyAsync(p => p.AccountId == account.Id, cancellationToken)
                    && !await db.Totp.AnyAsync(t => t.AccountId == account.Id && t.ConfirmedAt != null, cancellationToken))
                {
                    await db.RecoveryCodes.Where(c => c.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken);
                }

                await notices.Changed(db, account, "passkey.removed", request.Client, cancellationToken);
                others = await proofs.MarkOthers(account.Id, request.Caller.SessionId, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            await proofs.Committed(request.Caller, Proof.None, others, "a passkey was removed");
            logger.CredentialChanged(request.Caller.UserId, "passkey removed", request.Client.Address);
            return Nothing.Value;
        }
    }
}
