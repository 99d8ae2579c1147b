using Quartz;

namespace ChatMonolith.Backups.Jobs;

[DisallowConcurrentExecution]
internal sealed class MakeBackup(BackupRounds rounds) : IJob
{
    public const string Name = "backups.make";
    public static readonly JobKey Key = new(Name);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        JobEnd.Told(rounds.Options.Works ? await rounds.MakeBackup("schedule", cancellationToken) : null);
}

[DisallowConcurrentExecution]
internal sealed class RunDrill(BackupRounds rounds) : IJob
{
    public const string Name = "backups.drill";
    public static readonly JobKey Key = new(Name);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        JobEnd.Told(rounds.Options.Works ? await rounds.Drill(cancellationToken) : null);
}

internal static class JobEnd
{
    /// <summary>The scheduler's own history shows a failure as one.</summary>
    public static void Told(Contracts.Backups.BackupOutcome? outcome)
    {
        if (outcome is { Ok: false })
        {
            throw new JobExecutionException(outcome.How);
        }
    }
}
