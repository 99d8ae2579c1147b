using System.Net;
using System.Threading.Channels;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Files.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Files.Serving;

/// <summary>
/// Who began to download what. Gathered in memory and written once a second: a download never waits for it, and a killed server may lose
/// the last second of it. What counts (the limit of a transfer) is not here.
/// </summary>
internal sealed class DownloadLog(IServiceScopeFactory scopes, TimeProvider time, ILogger<DownloadLog> logger) : BackgroundService
{
    private const int MostWaiting = 10_000;
    private const int AtOnce = 500;
    private readonly Channel<DownloadRow> queue = Channel.CreateBounded<DownloadRow>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    public void Began(Guid fileId, Guid? userId, Guid? transferId, HttpContext context) =>
        queue.Writer.TryWrite(new DownloadRow
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            FileId = fileId,
            UserId = userId,
            TransferId = transferId,
            Address = (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress ?? IPAddress.None).ToString(),
            At = time.Now(),
        });

    /// <summary>For the operator: what was not there and what was not theirs look alike from outside, and not in here.</summary>
    public void Refused(Guid fileId, Guid? userId, string why) => logger.LogInformation("Download of {FileId} by {UserId} refused: {Why}", fileId, userId, why);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rows = new List<DownloadRow>(AtOnce);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None), queue.Reader.Completion);
            while (rows.Count < AtOnce && queue.Reader.TryRead(out var row))
            {
                rows.Add(row);
            }

            try
            {
                await Write(rows);
            }
            catch (Exception e) when (DatabaseFailures.Classify(e) is not null)
            {
                logger.LogWarning(e, "{Count} downloads could not be written to the log", rows.Count);
            }

            rows.Clear();
        }
    }

    private async Task Write(List<DownloadRow> rows)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<FilesDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        db.Downloads.AddRange(rows);
        await db.SaveChangesAsync(CancellationToken.None);
        foreach (var file in rows.Where(r => r.TransferId is null).GroupBy(r => r.FileId))
        {
            var count = file.Count();
            await db.Files.Where(f => f.Id == file.Key).ExecuteUpdateAsync(s => s.SetProperty(f => f.DownloadCount, f => f.DownloadCount + count), CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }
}
