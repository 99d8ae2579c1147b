using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Mail.Sending;

/// <summary>
/// Starts the sending job at once when something is owed, a moment after the row was written, by which time its transaction is over. The
/// row decides: whatever this misses, the job's own schedule finds.
/// </summary>
internal sealed class MailWake(ISchedulerFactory schedulers, TimeProvider time, ILogger<MailWake> logger) : BackgroundService
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Signal() => signals.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in signals.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await Task.Delay(Moment, time, stoppingToken);
                var scheduler = await schedulers.GetScheduler(stoppingToken);
                await scheduler.TriggerJob(SendMail.Key, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogWarning(e, "The sending of mail could not be started at once; it follows its schedule");
            }
        }
    }
}
