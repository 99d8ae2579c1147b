using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Jobs;
using ChatMonolith.Files.Transfers;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Administration;

/// <summary>Transfers as admins see them: who sent how much to how many, and their end; neither message, link nor recipients' names.</summary>
internal static class AdministerTransfers
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/transfers", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All transfers, the newest first").WithDescription("Filters: `senderId`, `state` (`open` or `ended`).")
            .Produces<Page<AdminTransferView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/transfers/{id:id}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new One(id), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("A transfer").Produces<AdminTransferView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/admin/transfers/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Take a transfer back")
            .WithDescription("Nobody opens it any more, and downloads that flow end. Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record AdminTransferView(
        Guid Id, Guid SenderId, int Files, long Size, int Recipients, bool Encrypted, bool HasPassword, int? MaxDownloads, int DownloadCount, string State, Instant CreatedAt, Instant ExpiresAt, Instant? RevokedAt);

    internal sealed record Filters
    {
        [FromQuery]
        public Guid? SenderId { get; init; }

        [FromQuery]
        public string? State { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminTransferView>>>;

    public sealed record One(Guid Id) : IRequest<Result<AdminTransferView>>;

    public sealed record Delete(Guid Id, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(FilesDb reading, IRoomLog log, RunningDownloads running, IAuditLog audit, TimeProvider time)
        : IRequestHandler<Query, Result<Page<AdminTransferView>>>, IRequestHandler<One, Result<AdminTransferView>>, IRequestHandler<Delete, Result<Nothing>>
    {
        private static readonly SortOrders<TransferRow> Orders = new(t => t.Id);

        public async Task<Result<Page<AdminTransferView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (request.Filters.State is not (null or "open" or "ended"))
            {
                return Error.Validation("state", "`state` is `open` or `ended`.");
            }

            var now = time.Now();
            var rows = reading.Transfers.AsNoTracking();
            rows = request.Filters.SenderId is { } senderId ? rows.Where(t => t.SenderId == senderId) : rows;
            rows = request.Filters.State switch
            {
                "open" => rows.Where(t => t.EndedAt == null && t.RevokedAt == null && t.ExpiresAt > now),
                "ended" => rows.Where(t => t.EndedAt != null || t.RevokedAt != null || t.ExpiresAt <= now),
                _ => rows,
            };
            return await Orders.Page(rows, request.List, Show, cancellationToken);
        }

        public async Task<Result<AdminTransferView>> Handle(One request, CancellationToken cancellationToken) =>
            await reading.Transfers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == request.Id, cancellationToken) is { } transfer ? (await Show([transfer], cancellationToken))[0] : Error.NotFound;

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            var revoked = await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<FilesDb>();
                    if (await db.Transfers.SingleOrDefaultAsync(t => t.Id == request.Id, ct) is not { } transfer)
                    {
                        return Error.NotFound;
                    }

                    if (transfer.RevokedAt is null)
                    {
                        await audit.Append(db, AuditEvent.By(request.Actor, "transfer.revoked", "transfer", transfer.Id, ("sender", transfer.SenderId.ToString())), ct);
                    }

                    transfer.RevokedAt ??= tx.At;
                    await TransferEnd.Let(db, transfer, tx.At, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Actor.SessionId),
                cancellationToken);
            if (revoked.IsOk)
            {
                await running.Abort(request.Id);
            }

            return revoked;
        }

        private async Task<IReadOnlyList<AdminTransferView>> Show(IReadOnlyList<TransferRow> transfers, CancellationToken ct)
        {
            var now = time.Now();
            var ids = transfers.Select(t => t.Id).ToArray();
            var files = await reading.TransferFiles.AsNoTracking().Where(f => ids.Contains(f.TransferId)).GroupBy(f => f.TransferId)
                .Select(g => new { g.Key, Count = g.Count(), Size = g.Sum(f => f.Size) }).ToDictionaryAsync(g => g.Key, ct);
            var recipients = await reading.Recipients.AsNoTracking().Where(r => ids.Contains(r.TransferId)).GroupBy(r => r.TransferId)
                .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            return [.. transfers.Select(t => new AdminTransferView(
                t.Id, t.SenderId, files.GetValueOrDefault(t.Id)?.Count ?? 0, files.GetValueOrDefault(t.Id)?.Size ?? 0, recipients.GetValueOrDefault(t.Id), t.Encrypted, t.PasswordHash is not null, t.MaxDownloads, t.DownloadCount,
                t.EndedAt is not null || t.RevokedAt is not null || t.ExpiresAt <= now ? "ended" : "open", t.CreatedAt, t.ExpiresAt, Instant.From(t.RevokedAt)))];
        }
    }
}
