using System.Globalization;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Admin.Audit;

internal static class ListAudit
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/audit", ([AsParameters] AuditFilters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("The audit log, the newest entries first")
            .WithDescription("`sort` is `-seq` (default) or `seq`. A page may hold fewer items than `limit`, or none, and still have a `nextCursor`.")
            .Produces<Page<AuditView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    public sealed record Query(AuditFilters Filters, ListParameters List) : IRequest<Result<Page<AuditView>>>;

    internal sealed class Handler(AdminDb db, AuditSealing sealing) : IRequestHandler<Query, Result<Page<AuditView>>>
    {
        /// <summary>Entries that one request looks at where no index leads to those wanted.</summary>
        private const long Window = 20_000;

        public async Task<Result<Page<AuditView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (filters, list) = request;
            var descending = list.Sort is null or "-seq";
            if (filters.Problem is { } problem)
            {
                return problem;
            }

            if (!descending && list.Sort != "seq")
            {
                return Error.Validation("sort", "Sort by seq, or -seq for the newest first.");
            }

            if (list.Cursor is not null && !long.TryParse(list.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return Error.Validation("cursor", "This cursor was not given out by this list.");
            }

            // What the caller did a moment ago is to be seen.
            await sealing.Seal(cancellationToken);
            return await Read(filters, list, descending, cancellationToken);
        }

        private async Task<Page<AuditView>> Read(AuditFilters filters, ListParameters list, bool descending, CancellationToken ct)
        {
            var head = await db.AuditHead.AsNoTracking().SingleOrDefaultAsync(ct);
            if (head is null)
            {
                return new Page<AuditView>([], null);
            }

            var from = list.Cursor is { } cursor ? long.Parse(cursor, CultureInfo.InvariantCulture) : await Begin(filters, head, descending, ct);
            var end = filters.AreIndexed ? (descending ? head.FirstSeq - 1 : head.Seq + 1) : descending ? Math.Max(head.FirstSeq - 1, from - Window - 1) : Math.Min(head.Seq + 1, from + Window + 1);
            var rows = filters.Of(db.Audit.AsNoTracking());
            rows = descending ? rows.Where(r => r.Seq < from && r.Seq > end).OrderByDescending(r => r.Seq) : rows.Where(r => r.Seq > from && r.Seq < end).OrderBy(r => r.Seq);
            var found = await rows.Take(list.PageSize + 1).ToListAsync(ct);
            var items = found.Take(list.PageSize).Select(AuditView.Of).ToList();
            var isOver = descending ? end < head.FirstSeq : end > head.Seq;
            var next = found.Count > list.PageSize ? items[^1].Seq : isOver ? (long?)null : descending ? end + 1 : end - 1;
            return new Page<AuditView>(items, next?.ToString(CultureInfo.InvariantCulture));
        }

        /// <summary>Near the wanted time: entries stand in the order of their times but for what was committed at the same moment.</summary>
        private async Task<long> Begin(AuditFilters filters, AuditHeadRow head, bool descending, CancellationToken ct)
        {
            const long slack = 60_000;
            if (descending && filters.Before?.ToUnixTimeMilliseconds() is { } before)
            {
                return await db.Audit.Where(r => r.At >= before + slack).OrderBy(r => r.At).ThenBy(r => r.Seq).Select(r => (long?)r.Seq).FirstOrDefaultAsync(ct) ?? head.Seq + 1;
            }

            if (!descending && filters.After?.ToUnixTimeMilliseconds() is { } after)
            {
                return await db.Audit.Where(r => r.At < after - slack).OrderByDescending(r => r.At).ThenByDescending(r => r.Seq).Select(r => (long?)r.Seq).FirstOrDefaultAsync(ct) ?? head.FirstSeq - 1;
            }

            return descending ? head.Seq + 1 : head.FirstSeq - 1;
        }
    }
}
