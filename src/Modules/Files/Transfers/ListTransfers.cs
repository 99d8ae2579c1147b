using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Files.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Transfers;

/// <summary>The transfers that one has got or sent, newest first.</summary>
internal static class ListTransfers
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/transfers/inbox", async (int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(IsInbox: true, limit, cursor, caller), ct)).ToOk())
            .WithTags("Transfers").WithSummary("Transfers that one has got, newest first; not those that were taken back").Produces<Page<TransferView>>().ProducesProblem(400);
        api.MapGet("/transfers/sent", async (int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(IsInbox: false, limit, cursor, caller), ct)).ToOk())
            .WithTags("Transfers").WithSummary("Transfers that one has sent, newest first, with who has downloaded them and when").Produces<Page<TransferView>>().ProducesProblem(400);
        api.MapGet("/transfers/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new OneQuery(id, caller), ct)).ToOk())
            .WithTags("Transfers").WithSummary("A transfer that one has sent or got").Produces<TransferView>().ProducesProblem(404);
    }

    internal sealed record Query(bool IsInbox, int? Limit, string? Cursor, Caller Caller) : IRequest<Result<Page<TransferView>>>;

    internal sealed record OneQuery(Guid Id, Caller Caller) : IRequest<Result<TransferView>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
            RuleFor(q => q.Cursor).Must(c => c is null || Guid.TryParseExact(c, "N", out _)).WithMessage("This cursor is not one that this list gave out.");
        }
    }

    /// <summary>Those that the person may see: as sender, or as recipient of one that was not taken back.</summary>
    private static IQueryable<TransferRow> Got(FilesDb db, Guid me) =>
        db.Transfers.Where(t => t.RevokedAt == null && db.Recipients.Any(r => r.TransferId == t.Id && r.UserId == me));

    internal sealed class Handler(FilesDb db) : IRequestHandler<Query, Result<Page<TransferView>>>
    {
        public async Task<Result<Page<TransferView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var limit = request.Limit ?? Page<object>.DefaultLimit;
            var transfers = request.IsInbox ? Got(db, me) : db.Transfers.Where(t => t.SenderId == me);
            if (request.Cursor is { } cursor)
            {
                var below = Guid.ParseExact(cursor, "N");
                transfers = transfers.Where(t => t.Id < below);
            }

            var rows = await transfers.AsNoTracking().OrderByDescending(t => t.Id).Take(limit + 1).ToListAsync(cancellationToken);
            var page = rows.Take(limit).ToList();
            return new Page<TransferView>(await TransferViews.Of(db, page, me, cancellationToken), rows.Count > limit ? page[^1].Id.ToString("N") : null);
        }
    }

    internal sealed class OneHandler(FilesDb db) : IRequestHandler<OneQuery, Result<TransferView>>
    {
        public async Task<Result<TransferView>> Handle(OneQuery request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var row = await db.Transfers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == request.Id && t.SenderId == me, cancellationToken)
                ?? await Got(db, me).AsNoTracking().SingleOrDefaultAsync(t => t.Id == request.Id, cancellationToken);
            return row is null ? Error.NotFound : (await TransferViews.Of(db, [row], me, cancellationToken))[0];
        }
    }
}
