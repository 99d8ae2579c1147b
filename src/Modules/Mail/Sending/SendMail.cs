using Quartz;

namespace ChatMonolith.Mail.Sending;

/// <summary>Sends what is owed.</summary>
[DisallowConcurrentExecution]
internal sealed class SendMail(MailRound round) : IJob
{
    public const string Name = "mail.send";
    public static readonly JobKey Key = new(Name);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await round.Run(cancellationToken);
}
