using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Admin.Audit;

/// <summary>
/// Removes what is older than the log is kept, from the front. The hash of the last entry that went stays in the authenticated head, so
/// the rest can still be verified; and the cut is an entry itself.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class CutAudit(AdminDb db, AuditSealing sealing, IOptions<AdminOptions> options, TimeProvider time) : IJob
{
    public const string Name = "admin.cut-audit";
    private const int AtOnce = 5_000;
    private const long Day = 24 * 60 * 60 * 1000;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (options.Value.AuditDays == 0)
        {
            return;
        }

        while (await CutSome(time.Now() - (options.Value.AuditDays * Day), cancellationToken))
        {
        }
    }

    private async Task<bool> CutSome(long before, CancellationToken ct)
    {
        await sealing.Seal(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var head = await AuditSealing.Lock(db, ct);

        // The first that is to stay, in the order of the chain; the last entry stays in any case.
        var firstKept = await db.Audit.Where(r => r.At >= before).OrderBy(r => r.Seq).Select(r => (long?)r.Seq).FirstOrDefaultAsync(ct) ?? head.Seq;
        var upTo = Math.Min(firstKept - 1, head.FirstSeq + AtOnce - 1);
        if (upTo < head.FirstSeq)
        {
            return false;
        }

        var last = await db.Audit.AsNoTracking().SingleAsync(r => r.Seq == upTo, ct);
        await db.Audit.Where(r => r.Seq <= upTo).ExecuteDeleteAsync(ct);
        var cut = new AuditEvent(
            "audit.cut", ActorId: null, Details: AuditEvent.Of(("from", $"{head.FirstSeq}"), ("upTo", $"{upTo}"), ("hash", Convert.ToHexStringLower(last.Hash))));
        (head.FirstSeq, head.FirstBefore) = (upTo + 1, last.Hash);
        sealing.Append(db, head, AuditLog.ToRow(cut, time), actor: "");
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        db.ChangeTracker.Clear();
        return upTo < firstKept - 1;
    }
}
