using System.Threading.Channels;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Notices;

/// <summary>
/// Logins and changes of credentials have transactions of their own, while the inbox belongs to a person's log. So the notice is owed by a
/// row in the transaction of its cause, and paid in a transaction of the log that also removes the row: once, whatever is killed.
/// </summary>
internal sealed class OwedNotices(IServiceScopeFactory scopes, IRoomLog log, TimeProvider time, ILogger<OwedNotices> logger) : BackgroundService
{
    private const int AtOnce = 100;

    /// <summary>A wake comes before its cause's commit, so it is looked more than once.</summary>
    private static readonly TimeSpan[] Looks = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(60);
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Within the open transaction of <paramref name="db"/>.</summary>
    public async Task Owe(AuthDb db, Account account, string? text, CancellationToken ct)
    {
        if (text is null || account.IsBot)
        {
            return;
        }

        var row = new OwedNoticeRow { Id = Guid.CreateVersion7(), AccountId = account.Id, Text = text, CreatedAt = time.Now() };
        db.OwedNotices.Add(row);
        await db.SaveChangesAsync(ct);
        db.Entry(row).State = EntityState.Detached;
        wakes.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                // What a killed server left owing comes with the first look.
                await PaySome(stoppingToken);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                patience.CancelAfter(Pace);
                await wakes.Reader.WaitToReadAsync(patience.Token).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
                stoppingToken.ThrowIfCancellationRequested();
                wakes.Reader.TryRead(out _);
                foreach (var look in Looks)
                {
                    await Task.Delay(look, time, stoppingToken);
                    await PaySome(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rows are there at the next start.
        }
    }

    private async Task PaySome(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
            var owed = await db.OwedNotices.AsNoTracking().OrderBy(n => n.Id).Take(AtOnce).ToListAsync(ct);
            foreach (var notice in owed)
            {
                await log.CommitBeside<Nothing>((tx, token) => Pay(tx, notice, token));
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogWarning(e, "Notices of accounts could not be put into inboxes; it is tried again");
        }
    }

    private async Task<Result<Nothing>> Pay(ILogTransaction tx, OwedNoticeRow notice, CancellationToken token)
    {
        var within = tx.Use<AuthDb>();

        // Another node may have been faster.
        if (await within.OwedNotices.Where(n => n.Id == notice.Id).ExecuteDeleteAsync(token) == 1
            && await within.Accounts.AnyAsync(a => a.Id == notice.AccountId && a.IsActive, token))
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<INotifications>().Notify(tx, [notice.AccountId], new NewNotification(NotificationKind.System, Text: notice.Text), token);
        }

        return Nothing.Value;
    }
}
