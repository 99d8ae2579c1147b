using System.Text.Json;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Admin.Audit;

/// <summary>The audit log as JSON lines, ascending; itself written down.</summary>
internal static class ExportAudit
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/audit/export", async ([AsParameters] AuditFilters filters, Actor actor, AuditExport export, AdminDb db, IAuditLog audit, HttpContext http, CancellationToken ct) =>
            {
                if (filters.Problem is { } problem)
                {
                    return problem.ToProblem();
                }

                await using (var transaction = await db.Database.BeginTransactionAsync(ct))
                {
                    await audit.Append(db, AuditEvent.By(actor, "audit.exported", "", subjectId: null), ct);
                    await transaction.CommitAsync(ct);
                }

                http.Response.ContentType = "application/jsonl; charset=utf-8";
                http.Response.Headers.ContentDisposition = "attachment; filename=\"audit.jsonl\"";
                http.Response.Headers.CacheControl = "no-store";
                await export.Write(http.Response.Body, filters, ct);
                return Results.Empty;
            })
            .RequireAuthorization(Policies.AdminStepUp).InClass(RouteClass.Costly).WithTags("Admin").WithSummary("The audit log as JSON lines")
            .WithDescription("One entry a line, ascending, as in `GET /admin/audit`. Needs a step-up.")
            .Produces<string>(200, "application/jsonl").ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
}

/// <summary>Writes entries as JSON lines, a thousand at a time.</summary>
internal sealed class AuditExport(AdminDb db, AuditSealing sealing)
{
    private const int AtOnce = 1_000;
    private static readonly byte[] NewLine = [(byte)'\n'];

    /// <returns>How many entries were written.</returns>
    public async Task<long> Write(Stream to, AuditFilters filters, CancellationToken ct)
    {
        await sealing.Seal(ct);
        var (after, count) = (0L, 0L);
        while (true)
        {
            var rows = await filters.Of(db.Audit.AsNoTracking()).Where(r => r.Seq > after).OrderBy(r => r.Seq).Take(AtOnce).ToListAsync(ct);
            foreach (var row in rows)
            {
                await JsonSerializer.SerializeAsync(to, AuditView.Of(row), Json.Http, ct);
                await to.WriteAsync(NewLine, ct);
            }

            count += rows.Count;
            if (rows.Count < AtOnce)
            {
                await to.FlushAsync(ct);
                return count;
            }

            after = rows[^1].Seq;
        }
    }
}
