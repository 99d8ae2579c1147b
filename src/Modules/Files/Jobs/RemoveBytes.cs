using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Listing;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Files.Jobs;

/// <summary>
/// Ends what is over (transfers whose last lease has run out, files and uploads whose time has passed) and removes the bytes that nothing
/// needs any more. Every 15 seconds: what is over is gone within a minute.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class RemoveBytes(FilesDb db, IBlobStore blobs, BlobHolds holds, IRoomLog log, IFileMessages messages, TimeProvider time) : IJob
{
    public const string Name = "files.remove-bytes";
    private const int AtOnce = 100;

    /// <summary>What is over is listed for so long, without its bytes.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);

    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => new(Run(cancellationToken));

    internal async Task Run(CancellationToken ct)
    {
        await Repeat(EndTransfers, ct);
        await Repeat(EndFiles, ct);
        await Repeat(EndUploads, ct);
        await Repeat(Remove, ct);
        await Repeat(Forget, ct);
    }

    private static async Task Repeat(Func<CancellationToken, Task<int>> step, CancellationToken ct)
    {
        while (await step(ct) == AtOnce)
        {
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task<int> EndTransfers(CancellationToken ct)
    {
        var now = time.Now();
        var over = await db.Transfers.AsNoTracking()
            .Where(t => t.EndedAt == null && (t.RevokedAt != null || t.ExpiresAt <= now || t.DownloadCount >= t.MaxDownloads))
            .Where(t => t.RevokedAt != null || !db.Tokens.Any(k => k.TransferId == t.Id && k.TakenAt != null && k.ExpiresAt > now))
            .OrderBy(t => t.Id).Select(t => t.Id).Take(AtOnce).ToListAsync(ct);
        await Commit(over, async (tx, token) =>
        {
            var store = tx.Use<FilesDb>();
            foreach (var transfer in await store.Transfers.Where(t => over.Contains(t.Id) && t.EndedAt == null).ToListAsync(token))
            {
                // Asked again: a token may have taken the last download just now.
                if (transfer.RevokedAt is not null || !await store.Tokens.AnyAsync(k => k.TransferId == transfer.Id && k.TakenAt != null && k.ExpiresAt > now, token))
                {
                    await TransferEnd.Let(store, transfer, tx.At, token);
                }
            }
        });
        return over.Count;
    }

    private async Task<int> EndFiles(CancellationToken ct)
    {
        var now = time.Now();
        var over = await db.Files.AsNoTracking().Where(f => f.ExpiresAt != null && f.ExpiresAt <= now).OrderBy(f => f.ExpiresAt).Select(f => f.Id).Take(AtOnce).ToListAsync(ct);
        await Commit(over, async (tx, token) =>
        {
            var store = tx.Use<FilesDb>();
            foreach (var file in await store.Files.Where(f => over.Contains(f.Id)).ToListAsync(token))
            {
                await FileRemoval.Remove(store, [file], tx.At, token);
                if (file.MessageId is { } messageId)
                {
                    await messages.FilesChanged(tx, messageId, Guid.Empty, token);
                }
            }
        });
        return over.Count;
    }

    private async Task<int> EndUploads(CancellationToken ct)
    {
        var now = time.Now();
        var over = await db.Uploads.AsNoTracking().Where(u => u.ExpiresAt <= now).OrderBy(u => u.ExpiresAt).Take(AtOnce).ToListAsync(ct);
        foreach (var upload in over)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var isOver = await db.Uploads.Where(u => u.Id == upload.Id && u.ExpiresAt <= now && u.Offset == upload.Offset).ExecuteDeleteAsync(ct) == 1;
            await transaction.CommitAsync(ct);
            if (isOver && upload.FileId is null)
            {
                await blobs.Remove(upload.BlobId, new BlobState(upload.Offset, upload.State), ct);
            }
        }

        return over.Count;
    }

    private async Task<int> Remove(CancellationToken ct)
    {
        // While a backup reads them they stay; the next round comes in seconds.
        using var removal = holds.BeginRemoval();
        if (removal is null)
        {
            return 0;
        }

        var owed = await db.Unneeded.AsNoTracking().OrderBy(u => u.BlobId).Select(u => u.BlobId).Take(AtOnce).ToListAsync(ct);
        foreach (var blobId in owed)
        {
            // Once nothing refers to it, nothing ever will: references are only made from a file that has it.
            if (!(await BlobReferences.Among(db, [blobId], ct)).Contains(blobId))
            {
                await blobs.Remove(blobId, BlobState.None, ct);
            }
        }

        if (owed.Count > 0)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.Unneeded.Where(u => owed.Contains(u.BlobId)).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return owed.Count;
    }

    private async Task<int> Forget(CancellationToken ct)
    {
        var (now, before) = (time.Now(), time.Now() - (long)Remembered.TotalMilliseconds);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var tokens = await db.Tokens.Where(t => t.ExpiresAt <= now).OrderBy(t => t.ExpiresAt).Select(t => t.Id).Take(AtOnce).ToListAsync(ct);
        await db.Tokens.Where(t => tokens.Contains(t.Id)).ExecuteDeleteAsync(ct);
        var transfers = await db.Transfers.Where(t => t.EndedAt != null && t.EndedAt < before).OrderBy(t => t.Id).Select(t => t.Id).Take(AtOnce).ToListAsync(ct);
        await db.TransferFiles.Where(f => transfers.Contains(f.TransferId)).ExecuteDeleteAsync(ct);
        await db.Recipients.Where(r => transfers.Contains(r.TransferId)).ExecuteDeleteAsync(ct);
        await db.Transfers.Where(t => transfers.Contains(t.Id)).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
        return Math.Max(tokens.Count, transfers.Count);
    }

    private async Task Commit(List<Guid> over, Func<ILogTransaction, CancellationToken, Task> work)
    {
        if (over.Count == 0)
        {
            return;
        }

        var done = await log.Commit<Nothing>(
            async (tx, ct) =>
            {
                await work(tx, ct);
                return Nothing.Value;
            },
            new CommitOrigin(),
            CancellationToken.None);
        if (!done.IsOk)
        {
            throw new InvalidOperationException("The log takes no work just now: " + done.Error.Code);
        }
    }
}
