using System.Globalization;
using Quartz;

namespace ChatMonolith.Admin.Audit;

/// <summary>Reads the whole audit log once a day; a run that fails names the first entry that is not what was written.</summary>
[DisallowConcurrentExecution]
internal sealed class CheckAudit(AuditCheck check) : IJob
{
    public const string Name = "admin.check-audit";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (await check.Run(cancellationToken) is { IsWhole: false } verdict)
        {
            throw new JobExecutionException(string.Create(CultureInfo.InvariantCulture, $"The audit log is broken at entry {verdict.BrokenAt}: {verdict.Problem}."));
        }
    }
}
