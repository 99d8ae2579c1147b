using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Listing;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Administration;

/// <summary>A file as admins see it: its name, size and whose it is; never its bytes.</summary>
internal sealed record AdminFileView(
    Guid Id, string Name, long Size, string ContentType, Guid OwnerId, Guid? RoomId, Guid? RecipientId, Guid? MessageId, int Version, bool Encrypted, bool IsMissing, long DownloadCount, Instant? ExpiresAt, Instant CreatedAt)
{
    public static AdminFileView Of(FileRow f) => new(
        f.Id, f.Name, f.Size, f.ContentType, f.OwnerId, f.RoomId, f.RecipientId, f.MessageId, f.Version, f.Encrypted, f.MissingAt is not null, f.DownloadCount, Instant.From(f.ExpiresAt), f.CreatedAt);
}

internal static class AdministerFiles
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/files", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All files, without their bytes")
            .WithDescription("`query` finds parts of names. Filters: `ownerId`, `roomId`, `encrypted`. `sort`: `createdAt`, `size`, `name`, with `-` before it the other way round. `format=csv` answers the whole list.")
            .Produces<Page<AdminFileView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/files/{id:id}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new One(id), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("A file").Produces<AdminFileView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/admin/files/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Delete a file")
            .WithDescription("It leaves its message, which is deleted if it showed nothing else; its bytes go when no transfer needs them any more. Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    internal sealed record Filters
    {
        [FromQuery]
        public Guid? OwnerId { get; init; }

        [FromQuery]
        public Guid? RoomId { get; init; }

        [FromQuery]
        public bool? Encrypted { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminFileView>>>;

    public sealed record One(Guid Id) : IRequest<Result<AdminFileView>>;

    public sealed record Delete(Guid Id, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(FilesDb reading, IRoomAccess access, IRoomLog log, IFileMessages messages, IAuditLog audit)
        : IRequestHandler<Query, Result<Page<AdminFileView>>>, IRequestHandler<One, Result<AdminFileView>>, IRequestHandler<Delete, Result<Nothing>>
    {
        private static readonly SortOrders<FileRow> Orders = new SortOrders<FileRow>(f => f.Id).By("size", f => f.Size).By("name", f => f.NameKey);

        public Task<Result<Page<AdminFileView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = reading.Files.AsNoTracking();
            rows = request.Filters.OwnerId is { } ownerId ? rows.Where(f => f.OwnerId == ownerId) : rows;
            rows = request.Filters.RoomId is { } roomId ? rows.Where(f => f.RoomId == roomId) : rows;
            rows = request.Filters.Encrypted is { } encrypted ? rows.Where(f => f.Encrypted == encrypted) : rows;
            rows = request.List.Sought is { } sought ? rows.Where(f => f.NameKey.Contains(sought)) : rows;
            return Orders.Page(rows, request.List, AdminFileView.Of, cancellationToken);
        }

        public async Task<Result<AdminFileView>> Handle(One request, CancellationToken cancellationToken) =>
            await reading.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == request.Id, cancellationToken) is { } file ? AdminFileView.Of(file) : Error.NotFound;

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            if (await reading.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == request.Id, cancellationToken) is not { } known)
            {
                return Error.NotFound;
            }

            if (known.RoomId is { } roomId)
            {
                await access.Load(roomId, cancellationToken);
            }

            return await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<FilesDb>();
                    if (await db.Files.SingleOrDefaultAsync(f => f.Id == request.Id, ct) is not { } file)
                    {
                        return Error.NotFound;
                    }

                    await audit.Append(db, AuditEvent.By(request.Actor, "file.deleted", "file", file.Id, ("owner", file.OwnerId.ToString()), ("size", $"{file.Size}")), ct);
                    await FileRemoval.Remove(db, [file], tx.At, ct);
                    if (file.MessageId is { } messageId)
                    {
                        await messages.FilesChanged(tx, messageId, request.Actor.UserId, ct);
                    }

                    return Nothing.Value;
                },
                new CommitOrigin(request.Actor.SessionId),
                cancellationToken);
        }
    }
}
