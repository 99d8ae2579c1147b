using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Files.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

/// <summary>The files that a person has to do with, newest first.</summary>
internal static class ListFiles
{
    private const int MaxQuery = 200;
    private static readonly string[] Boxes = ["mine", "received", "sent"];

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/files", async (string? box, string? query, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(box ?? "mine", query, limit, cursor, caller), ct)).ToOk())
            .WithTags("Files").WithSummary("One's files, newest first: mine, received or sent")
            .WithDescription("mine: all of one's own. sent: those of them that went to a room or a person. received: from others, to oneself or to a room that one is in now. query is a part of the name, without regard to case.")
            .Produces<Page<FileView>>().ProducesProblem(400);

    public sealed record Query(string Box, string? Name, int? Limit, string? Cursor, Caller Caller) : IRequest<Result<Page<FileView>>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Box).Must(Boxes.Contains).WithMessage("box is mine, received or sent.");
            RuleFor(q => q.Name).Must(n => n is null || (n.Length <= MaxQuery && !n.Contains('\0', StringComparison.Ordinal))).OverridePropertyName("query").WithMessage($"Search for at most {MaxQuery} characters.");
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
            RuleFor(q => q.Cursor).Must(c => c is null || Guid.TryParseExact(c, "N", out _)).WithMessage("This cursor is not one that this list gave out.");
        }
    }

    internal sealed class Handler(FilesDb db, IRoomAccess access, TimeProvider time) : IRequestHandler<Query, Result<Page<FileView>>>
    {
        public async Task<Result<Page<FileView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (me, now) = (request.Caller.UserId, time.Now());
            var limit = request.Limit ?? Page<object>.DefaultLimit;
            var files = (await Box(request.Box, me, cancellationToken)).AsNoTracking().Where(f => f.ExpiresAt == null || f.ExpiresAt > now);
            if (!string.IsNullOrWhiteSpace(request.Name))
            {
                var key = FileRow.Key(request.Name.Trim());
                files = files.Where(f => f.NameKey.Contains(key));
            }

            if (request.Cursor is { } cursor)
            {
                var below = Guid.ParseExact(cursor, "N");
                files = files.Where(f => f.Id < below);
            }

            var rows = await files.OrderByDescending(f => f.Id).Take(limit + 1).ToListAsync(cancellationToken);
            var page = rows.Take(limit).ToList();
            return new Page<FileView>(page.ConvertAll(f => f.ToView()), rows.Count > limit ? page[^1].Id.ToString("N") : null);
        }

        private async Task<IQueryable<FileRow>> Box(string box, Guid me, CancellationToken ct)
        {
            switch (box)
            {
                case "mine":
                    return db.Files.Where(f => f.OwnerId == me);
                case "sent":
                    return db.Files.Where(f => f.OwnerId == me && f.RoomId != null);
                default:
                    var rooms = await access.RoomsOf(me, ct);
                    return db.Files.Where(f =>
                        f.OwnerId != me && (f.RecipientId == me || (f.RoomId != null && rooms.Contains(f.RoomId.Value))) && !db.Hidden.Any(h => h.UserId == me && h.FileId == f.Id));
            }
        }
    }
}
