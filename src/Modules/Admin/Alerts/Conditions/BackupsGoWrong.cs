using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Backups;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts.Conditions;

/// <summary>The last of a kind failed, or there is none from the time that the schedule promises.</summary>
internal sealed class BackupsGoWrong(IBackupReports reports, IOptions<AlertsOptions> options, TimeProvider time) : ICondition
{
    private static readonly (BackupWork Work, string Failed, string? Late)[] Kinds =
    [
        (BackupWork.Backup, AlertNames.BackupFailed, AlertNames.BackupLate),
        (BackupWork.Drill, AlertNames.DrillFailed, AlertNames.DrillLate),
        (BackupWork.Verification, AlertNames.VerificationFailed, null),
    ];

    public IReadOnlyList<string> Names { get; } = [.. Kinds.SelectMany(k => new[] { k.Failed, k.Late }).OfType<string>()];

    public async Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct)
    {
        var found = new List<Finding>();
        foreach (var (work, failed, late) in Kinds)
        {
            if (reports.Last(work) is { Ok: false } last)
            {
                found.Add(Finding.Of(failed, AlertLevel.Danger, ("problem", last.How), ("at", Clock.Format(last.EndedAt))));
            }

            if (late is not null && await reports.Due(work, ct) is { } due && due + (options.Value.BackupGraceHours * 60L * 60 * 1000) < time.Now())
            {
                found.Add(Finding.Of(late, AlertLevel.Danger, ("due", Clock.Format(due))));
            }
        }

        return found;
    }
}
