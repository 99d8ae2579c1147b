using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Space kept back for the day on which the disk is full: a file of real blocks in the data folder. When space runs out the file is
/// given up and no more messages are taken, so that logging in, logging out and deleting go on within the space that it held. When
/// there is space again, the file is made anew and messages are taken again. On SQLite only: elsewhere the database's disk is not ours.
/// </summary>
public sealed class DiskReserve(DataFolder folder, IOptions<DataOptions> data, IOptions<DatabaseOptions> database, TimeProvider time, ILogger<DiskReserve> logger) : BackgroundService
{
    private const string FileName = "reserve";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly long size = database.Value.Provider is DatabaseProvider.Sqlite ? data.Value.ReserveMegaBytes * 1024L * 1024 : 0;
    private readonly string path = folder.File(FileName);
    private readonly Lock changing = new();
    private volatile bool isSpent;

    /// <summary>What a message is answered while <see cref="IsSpent"/>, and whatever else meets a full disk.</summary>
    public static Error DiskFull { get; } =
        new(ErrorCodes.InsufficientStorage, "The server's disk is full. Nothing was stored; the operator has to free space.", RetryAfter: TimeSpan.FromSeconds(10));

    /// <summary>The disk is full or nearly so: no message is taken. One read of memory.</summary>
    public bool IsSpent => isSpent;

    /// <summary>Space for the file, as much again for those who may use it, and some between, so that one free page does not set it going to and fro.</summary>
    private long EnoughFree => size * 9 / 4;

    /// <summary>Gives the file up. To be called by whoever meets a full disk; repeats do nothing.</summary>
    public void Spend()
    {
        lock (changing)
        {
            if (size == 0 || isSpent)
            {
                return;
            }

            isSpent = true;
            try
            {
                File.Delete(path);
            }
            catch (IOException e)
            {
                logger.LogWarning(e, "The reserve {Path} could not be given up", path);
            }
        }

        Warn();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (size == 0)
        {
            File.Delete(path);
            return;
        }

        if (!(File.Exists(path) && new FileInfo(path).Length == size))
        {
            isSpent = true;
            await Look(cancellationToken).ConfigureAwait(false);
            if (isSpent)
            {
                Warn();
            }
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await Look(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Warn() =>
        logger.LogWarning("The disk of {Folder} is full: messages are refused until there are {Megabytes} MiB free", folder.Root, EnoughFree / 1024 / 1024);

    private async Task Look(CancellationToken ct)
    {
        try
        {
            var free = new DriveInfo(folder.Root).AvailableFreeSpace;
            if (!isSpent && free < size)
            {
                Spend();
            }
            else if (isSpent && free >= EnoughFree)
            {
                await Restore(ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Full after all (a quota, or somebody was quicker), or the disk does not answer: the next look tries again.
            logger.LogDebug(e, "The reserve could not be looked after");
        }
    }

    private async Task Restore(CancellationToken ct)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[1024 * 1024];
            for (var written = 0L; written < size; written += block.Length)
            {
                // Random, so that no file system stores it as a hole or compresses it to nothing.
                RandomNumberGenerator.Fill(block);
                await file.WriteAsync(block, ct).ConfigureAwait(false);
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        isSpent = false;
        logger.LogInformation("{Megabytes} MiB of disk are kept in reserve; messages are taken", size / 1024 / 1024);
    }
}
