using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Files.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Intake;

/// <param name="Bytes">Of all files, their earlier versions, and uploads that go on, these with what they said they would have.</param>
/// <param name="Files">How many those are.</param>
internal sealed record Usage(long Bytes, long Files);

/// <summary>What one person may store. Asked in the log's transaction, where nobody else writes: it is never exceeded.</summary>
internal sealed class Quota(IOptions<FilesOptions> options)
{
    public long MaxFileBytes => options.Value.MaxFileBytes;

    public Error TooLarge => new(ErrorCodes.TooLarge, $"A file has at most {options.Value.MaxFileBytes} bytes here.");

    /// <param name="db">On the log's transaction.</param>
    /// <param name="ownerId">Whose quota.</param>
    /// <param name="bytes">What comes besides.</param>
    /// <param name="exceptUpload">An upload that becomes just that.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<Error?> Refusal(FilesDb db, Guid ownerId, long bytes, Guid? exceptUpload, CancellationToken ct)
    {
        var used = await Used(db, ownerId, exceptUpload, ct);
        var (mostBytes, mostFiles) = (options.Value.QuotaBytes, options.Value.QuotaFiles);
        return (mostBytes > 0 && used.Bytes + bytes > mostBytes) || (mostFiles > 0 && used.Files + 1 > mostFiles)
            ? new Error(ErrorCodes.QuotaExceeded, "Your quota is used up. Delete files that you do not need any more.")
            : null;
    }

    public static async Task<Usage> Used(FilesDb db, Guid ownerId, Guid? exceptUpload, CancellationToken ct)
    {
        var files = await db.Files.Where(f => f.OwnerId == ownerId).GroupBy(_ => 1).Select(g => new { Bytes = g.Sum(f => f.Size), Count = g.LongCount() }).SingleOrDefaultAsync(ct);
        var versions = await db.Versions.Where(v => v.OwnerId == ownerId).GroupBy(_ => 1).Select(g => new { Bytes = g.Sum(v => v.Size), Count = g.LongCount() }).SingleOrDefaultAsync(ct);
        var uploads = await db.Uploads.Where(u => u.OwnerId == ownerId && u.FileId == null && u.Id != exceptUpload)
            .GroupBy(_ => 1).Select(g => new { Bytes = g.Sum(u => u.Length), Count = g.LongCount() }).SingleOrDefaultAsync(ct);
        return new Usage(
            (files?.Bytes ?? 0) + (versions?.Bytes ?? 0) + (uploads?.Bytes ?? 0),
            (files?.Count ?? 0) + (versions?.Count ?? 0) + (uploads?.Count ?? 0));
    }
}
