using Quartz;

namespace ChatMonolith.Admin.Alerts;

/// <summary>Looks at all conditions once a minute, and tells the webhook what is owed to it. Letters leave by the mail's own job.</summary>
[DisallowConcurrentExecution]
internal sealed class WatchAlerts(AlertRound round, AlertPosts posts) : IJob
{
    public const string Name = "admin.alerts";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await round.Run(cancellationToken);
        }
        finally
        {
            // What is owed is sent, whatever the look met.
            await posts.Run(cancellationToken);
        }
    }
}
