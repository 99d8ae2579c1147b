using ChatMonolith.Auth.Nodes;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

/// <summary>
/// Deactivates and activates accounts, and gives roles. What a deactivated person had open has ended when it answers: in the database
/// first, then in memory, then on sockets and uploads.
/// </summary>
internal static class ChangeAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch("/admin/users/{id:id}", async (Guid id, Body body, Actor actor, IMediator mediator, CancellationToken ct) =>
            {
                var changed = await mediator.Send(new Command(id, body.IsActive, body.Role, actor), ct);
                return changed.IsOk ? (await mediator.Send(new ListAccounts.One(id), ct)).ToOk() : changed.Error.ToProblem();
            })
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Deactivate or activate an account, give it a role")
            .WithDescription("When it answers, a deactivated person's sessions, tokens, sockets and running uploads have ended, and a role counts. The last active admin stays one (`conflict`); a deleted account stays deleted (`gone`). A password is neither seen nor set here. Needs a step-up.")
            .Produces<AdminUserView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Body(bool? IsActive, ServerRole? Role);

    public sealed record Command(Guid UserId, bool? IsActive, ServerRole? Role, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(
        IRoomLog log, IRoomAccess rooms, IAuditLog audit, LiveSessions live, Guests guests, RoleNews roles, SessionEnding ending) : IRequestHandler<Command, Result<Nothing>>
    {
        private static readonly Error Last = Error.Conflict("This is the last active admin. Make somebody else one first.", ConflictReasons.LastAdmin);

        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (request is { IsActive: null, Role: null })
            {
                return Error.Validation("isActive", "Say what is to change: `isActive`, `role`.");
            }

            var contacts = await rooms.Contacts(request.UserId, cancellationToken);
            List<Guid> sessions = [];
            var changed = await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<AuthDb>();
                    if (await db.Accounts.SingleOrDefaultAsync(a => a.Id == request.UserId, ct) is not { } account)
                    {
                        return Error.NotFound;
                    }

                    if (await Refuse(db, account, request, ct) is { } refusal)
                    {
                        return refusal;
                    }

                    if (request.IsActive is { } active && active != account.IsActive)
                    {
                        sessions = await SetActive(db, account, active, tx.At, request, ct);
                        tx.OnCommitted(() => live.MarkEnded(sessions));
                    }

                    if (request.Role is { } role && role != account.Role)
                    {
                        await audit.Append(db, AuditEvent.By(request.Actor, "user.role", "user", account.Id, ("from", Name(account.Role)), ("to", Name(role))), ct);
                        account.Role = role;
                        tx.OnCommitted(() => live.SetRole(account.Id, role));
                        tx.OnCommitted(() => guests.Set(account.Id, role));
                    }

                    if (db.ChangeTracker.HasChanges())
                    {
                        await db.SaveChangesAsync(ct);
                        await tx.TellProfile(account, contacts, ct);
                    }

                    return Nothing.Value;
                },
                new CommitOrigin(request.Actor.SessionId),
                cancellationToken);
            if (changed.IsOk)
            {
                // Beside each other: where the one cannot be told to all nodes, the other still is.
                await Task.WhenAll(
                    request.Role is null ? Task.CompletedTask : roles.Tell(request.UserId),
                    ending.Announce(request.UserId, sessions, "the account was deactivated"));
            }

            return changed;
        }

        private static string Name(ServerRole role) => role.ToString().ToLowerInvariant();

        private static async Task<Error?> Refuse(AuthDb db, Account account, Command request, CancellationToken ct)
        {
            if (account.DeletedAt is not null)
            {
                return new Error(ErrorCodes.Gone, "This account was deleted.");
            }

            if (account.IsBot && request.Role is { } role && role != account.Role)
            {
                return Error.Conflict("A bot is a guest.", ConflictReasons.BotRole);
            }

            var staysAdmin = (request.IsActive ?? account.IsActive) && (request.Role ?? account.Role) is ServerRole.Admin;
            return account is { Role: ServerRole.Admin, IsActive: true } && !staysAdmin && !await db.HasOtherAdmin(account.Id, ct) ? Last : null;
        }

        /// <summary>A new stamp, so that no login that is under way, link or code outlives it.</summary>
        private async Task<List<Guid>> SetActive(AuthDb db, Account account, bool active, long at, Command request, CancellationToken ct)
        {
            await audit.Append(db, AuditEvent.By(request.Actor, active ? "user.activated" : "user.deactivated", "user", account.Id), ct);
            account.IsActive = active;
            account.SecurityStamp = Secrets.NewToken();
            if (active)
            {
                return [];
            }

            await db.Resets.Where(r => r.AccountId == account.Id).ExecuteDeleteAsync(ct);
            await db.Codes.Where(c => c.AccountId == account.Id).ExecuteDeleteAsync(ct);
            var sessions = await db.Sessions.AsNoTracking().Where(s => s.AccountId == account.Id && s.EndedAt == null).Select(s => s.Id).ToListAsync(ct);
            await db.Sessions.Where(s => s.AccountId == account.Id && s.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, at), ct);
            return sessions;
        }
    }
}
