using ChatMonolith.Admin.Audit;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Admin.Alerts.Conditions;

/// <summary>How the daily check of the audit log ended the last time; its history is the memory.</summary>
internal sealed class AuditIsBroken(AdminDb db) : ICondition
{
    public IReadOnlyList<string> Names { get; } = [AlertNames.Audit];

    public async Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct)
    {
        var last = await db.JobRuns.AsNoTracking().Where(r => r.Job == CheckAudit.Name && (r.Result == RunResult.Succeeded || r.Result == RunResult.Failed)).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        return last is { Result: RunResult.Failed } ? [Finding.Of(AlertNames.Audit, AlertLevel.Danger, ("problem", last.Error ?? ""), ("at", Clock.Format(last.EndedAt ?? last.StartedAt)))] : [];
    }
}
