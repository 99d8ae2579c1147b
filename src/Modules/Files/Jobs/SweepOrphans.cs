using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Files.Jobs;

/// <summary>
/// Settles what a crash left: bytes without a row are removed once they are old enough to be nobody's work in progress; rows without
/// bytes are marked and told to the operator, since only a backup has them.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class SweepOrphans(FilesDb db, IBlobStore blobs, BlobHolds holds, IOptions<FilesOptions> options, TimeProvider time, ILogger<SweepOrphans> logger) : IJob
{
    public const string Name = "files.sweep-orphans";
    private const int AtOnce = 500;

    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => new(Run(cancellationToken));

    internal async Task<(int Removed, int Missing)> Run(CancellationToken ct)
    {
        var removed = await RemoveOrphans(ct);
        var missing = await MarkMissing(ct);
        if (removed + missing > 0)
        {
            logger.LogWarning("{Removed} blobs without a row were removed; {Missing} files have no bytes", removed, missing);
        }

        return (removed, missing);
    }

    private async Task<int> RemoveOrphans(CancellationToken ct)
    {
        var before = time.Now() - (long)TimeSpan.FromMinutes(options.Value.OrphanMinutes).TotalMilliseconds;
        var removed = 0;
        var (whole, unfinished) = (new HashSet<Guid>(AtOnce), new HashSet<Guid>(AtOnce));
        await foreach (var found in blobs.List(ct))
        {
            if (found.ChangedAt < before)
            {
                (found.IsUnfinished ? unfinished : whole).Add(found.Id);
            }

            if (whole.Count == AtOnce)
            {
                removed += await RemoveOrphans(whole, ct);
                whole.Clear();
            }

            if (unfinished.Count == AtOnce)
            {
                removed += await RemoveLeftovers(unfinished, ct);
                unfinished.Clear();
            }
        }

        return removed + await RemoveOrphans(whole, ct) + await RemoveLeftovers(unfinished, ct);
    }

    private async Task<int> RemoveOrphans(HashSet<Guid> found, CancellationToken ct)
    {
        using var removal = holds.BeginRemoval();
        if (removal is null)
        {
            return 0;
        }

        var orphans = found.Except(await BlobReferences.Among(db, found, ct)).ToList();
        foreach (var orphan in orphans)
        {
            await blobs.Remove(orphan, BlobState.None, ct);
        }

        return orphans.Count;
    }

    /// <summary>The blob may be whole and in use: the server ended between finishing it and clearing up.</summary>
    private async Task<int> RemoveLeftovers(HashSet<Guid> found, CancellationToken ct)
    {
        var leftovers = found.Except(await BlobReferences.Unfinished(db, found, ct)).ToList();
        foreach (var leftover in leftovers)
        {
            await blobs.RemoveUnfinished(leftover, ct);
        }

        return leftovers.Count;
    }

    private async Task<int> MarkMissing(CancellationToken ct)
    {
        var missing = 0;
        var after = Guid.Empty;
        while (true)
        {
            var files = await db.Files.AsNoTracking().Where(f => f.Id > after && f.MissingAt == null).OrderBy(f => f.Id).Select(f => new { f.Id, f.BlobId }).Take(AtOnce).ToListAsync(ct);
            foreach (var file in files)
            {
                if (await blobs.Length(file.BlobId, ct) is null && await IsStillThat(file.Id, file.BlobId, ct))
                {
                    logger.LogError("The bytes of the file {FileId} are gone; restore the blob {BlobId} from a backup", file.Id, file.BlobId);
                    missing++;
                }
            }

            if (files.Count < AtOnce)
            {
                return missing;
            }

            after = files[^1].Id;
        }
    }

    /// <summary>It may have been deleted, or have got a newer version, since it was read.</summary>
    private async Task<bool> IsStillThat(Guid fileId, Guid blobId, CancellationToken ct)
    {
        var now = time.Now();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var marked = await db.Files.Where(f => f.Id == fileId && f.BlobId == blobId).ExecuteUpdateAsync(s => s.SetProperty(f => f.MissingAt, now), ct);
        await transaction.CommitAsync(ct);
        return marked == 1;
    }
}
