using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Users;

/// <summary>Sets or removes one's own picture.</summary>
internal static class SetAvatar
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/users/me/avatar", async (HttpRequest request, Caller caller, IMediator mediator, CancellationToken ct) =>
            {
                var picture = await request.ReadPicture(ct);
                return picture.IsOk ? (await mediator.Send(new Command(caller, picture.Value), ct)).ToOk() : picture.Error.ToProblem();
            })
            .TakesPicture().WithTags("Users").WithSummary("Set my picture")
            .WithDescription("The body is the file: PNG, JPEG, WebP or GIF (its first image), at most 2 MiB and 4,096 pixels a side; the kind is found by its signature. Everything in it but the picture is left out (place, camera, comments, previews); of Exif only which side is up stays.")
            .Produces<UserView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(413).ProducesProblem(415);
        api.MapDelete("/users/me/avatar", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(caller, Picture: null), ct)).ToOk())
            .WithTags("Users").WithSummary("Remove my picture").Produces<UserView>().ProducesProblem(401);
    }

    public sealed record Command(Caller Caller, Picture? Picture) : IRequest<Result<UserView>>;

    internal sealed class Handler(IRoomLog log, IRoomAccess rooms) : IRequestHandler<Command, Result<UserView>>
    {
        public async Task<Result<UserView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var userId = request.Caller.UserId;
            var contacts = await rooms.Contacts(userId, cancellationToken);
            return await log.Commit<UserView>(
                async (transaction, ct) =>
                {
                    var db = transaction.Use<AuthDb>();
                    var account = await db.Accounts.SingleAsync(a => a.Id == userId, ct);
                    if (account.AvatarVersion == request.Picture?.Version)
                    {
                        return account.ToOwnView();
                    }

                    await db.Avatars.Where(a => a.AccountId == userId).ExecuteDeleteAsync(ct);
                    account.AvatarVersion = request.Picture?.Version;
                    if (request.Picture is { } picture)
                    {
                        db.Avatars.Add(new AccountAvatar { AccountId = userId, Version = picture.Version, ContentType = picture.ContentType, Bytes = picture.Bytes });
                    }

                    await db.SaveChangesAsync(ct);
                    await transaction.TellProfile(account, contacts, ct);
                    return account.ToOwnView();
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
        }
    }
}
