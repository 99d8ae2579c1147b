using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Leaving;

/// <summary>
/// Deletes the caller's account: everything that says who they were, in one transaction with their leaving of rooms. What they wrote in
/// rooms belongs to the conversation and stays, under "Deleted user".
/// </summary>
internal static class DeleteAccount
{
    private const string Nobody = "Deleted user";

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/users/me", async (Caller caller, ClientInfo client, HttpContext http, IMediator mediator, CancellationToken ct) =>
            {
                var result = await mediator.Send(new Command(caller, client), ct);
                if (result.IsOk)
                {
                    SessionCookies.Clear(http.Response);
                }

                return result.ToNoContent();
            })
            .RequireAuthorization(Policies.StepUp).WithTags("Users").WithSummary("Delete my account")
            .WithDescription("Name, address, picture, credentials, sessions and tokens are removed at once, and cannot be had back; the username is free again. Rooms are left (one that would have no owner gets its longest member), messages stay under `Deleted user`. The last admin hands over first (`conflict`). Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Command(Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Handler(
        IRoomLog log, IRoomAccess rooms, IEnumerable<IAccountDeletion> participants, AccountNotices notices, LiveSessions live, SessionEnding ending, Guests guests, ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var userId = request.Caller.UserId;
            var contacts = await rooms.Contacts(userId, cancellationToken);
            List<Guid> sessions = [];
            var deleted = await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<AuthDb>();
                    var account = await db.Accounts.SingleOrDefaultAsync(a => a.Id == userId && a.IsActive, ct);
                    if (account is null)
                    {
                        return Error.Unauthenticated();
                    }

                    if (account.Role is ServerRole.Admin && !await db.Accounts.AnyAsync(a => a.Role == ServerRole.Admin && a.IsActive && a.Id != userId, ct))
                    {
                        return Error.Conflict("You are the last admin. Make somebody else one first.");
                    }

                    await notices.Changed(db, account, "account.deleted", request.Client, ct);
                    sessions = await db.Sessions.Where(s => s.AccountId == userId && s.EndedAt == null).Select(s => s.Id).ToListAsync(ct);
                    await Forget(db, account, tx.At, ct);
                    foreach (var participant in participants)
                    {
                        await participant.Deleted(tx, userId, ct);
                    }

                    await tx.TellProfile(account, contacts, ct);
                    tx.OnCommitted(() => live.MarkEnded(sessions));
                    tx.OnCommitted(() => guests.Set(userId, ServerRole.Member));
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
            if (deleted.IsOk)
            {
                await ending.Announce(userId, sessions, "the account was deleted");
                logger.AccountDeleted(userId, request.Client.Address);
            }

            return deleted;
        }

        private static async Task Forget(AuthDb db, Account account, long now, CancellationToken ct)
        {
            var id = account.Id;
            account.UserName = "deleted-" + id.ToString("N")[^12..];
            account.DisplayName = Nobody;
            account.DisplayNameKey = Account.SearchKey(Nobody);
            account.Bio = "";
            account.Email = account.NormalizedEmail = account.PasswordHash = account.AvatarVersion = null;
            account.EmailConfirmed = false;
            account.Language = "";
            account.SecurityStamp = Secrets.NewToken();
            account.Role = ServerRole.Member;
            account.IsActive = false;
            account.DeletedAt = now;
            await db.SaveChangesAsync(ct);
            await db.Avatars.Where(a => a.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Totp.Where(t => t.AccountId == id).ExecuteDeleteAsync(ct);
            await db.RecoveryCodes.Where(c => c.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Passkeys.Where(p => p.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Codes.Where(c => c.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Resets.Where(r => r.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Devices.Where(d => d.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Invitations.Where(i => i.InvitedBy == id).ExecuteDeleteAsync(ct);
            await db.Exports.Where(e => e.AccountId == id).ExecuteDeleteAsync(ct);
            await db.Sessions.Where(s => s.AccountId == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, s => s.EndedAt ?? now).SetProperty(s => s.UserAgent, "").SetProperty(s => s.Ip, ""), ct);
        }
    }
}
