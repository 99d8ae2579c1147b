using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Jobs;
using ChatMonolith.Files.Serving;
using ChatMonolith.Files.Transfers;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files;

/// <summary>
/// Whose account is deleted takes along what was theirs alone: private files, unfinished uploads, and the transfers they sent. Files that
/// stand in rooms stay with the messages that show them.
/// </summary>
internal sealed class LeavingFiles(RunningDownloads running) : IAccountDeletion
{
    public async Task Deleted(ILogTransaction transaction, Guid userId, CancellationToken ct)
    {
        var (db, at) = (transaction.Use<FilesDb>(), transaction.At);
        foreach (var transfer in await db.Transfers.Where(t => t.SenderId == userId && t.EndedAt == null).ToListAsync(ct))
        {
            transfer.RevokedAt ??= at;
            await TransferEnd.Let(db, transfer, at, ct);

            transaction.OnCommitted(() => running.AbortSoon(transfer.Id));
        }

        // Nobody sees them from here on; the job that ends what is over removes them with their bytes.
        await db.Files.Where(f => f.OwnerId == userId && f.RoomId == null).ExecuteUpdateAsync(set => set.SetProperty(f => f.ExpiresAt, at), ct);
        await db.Uploads.Where(u => u.OwnerId == userId && u.FileId == null).ExecuteUpdateAsync(set => set.SetProperty(u => u.ExpiresAt, at), ct);
        await db.Hidden.Where(h => h.UserId == userId).ExecuteDeleteAsync(ct);
    }
}

/// <summary>What is known of a person's files, for the copy of their data.</summary>
internal sealed class FilesData(FilesDb db) : IPersonalData
{
    public string File => "files.json";

    public async IAsyncEnumerable<object> Of(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var files = db.Files.AsNoTracking().Where(f => f.OwnerId == userId).OrderBy(f => f.Id);
        await foreach (var f in files.AsAsyncEnumerable().WithCancellation(ct))
        {
            yield return new { f.Id, f.Name, f.Size, f.ContentType, sha256 = Convert.ToHexStringLower(f.Sha256), f.RoomId, f.RecipientId, f.Version, f.Encrypted, createdAt = (Instant)f.CreatedAt };
        }
    }
}

/// <summary>A person's own files in their newest versions; encrypted ones as they are.</summary>
internal sealed class OwnFiles(FilesDb db, IBlobStore blobs, TimeProvider time) : IPersonalFiles
{
    public async IAsyncEnumerable<PersonalFile> Of(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var now = time.Now();
        var files = db.Files.AsNoTracking().Where(f => f.OwnerId == userId && (f.ExpiresAt == null || f.ExpiresAt > now)).OrderBy(f => f.Id).Select(f => new { f.Id, f.BlobId, f.Size, f.Name });
        foreach (var f in await files.ToListAsync(ct))
        {
            // The id keeps files of one name apart.
            yield return new PersonalFile($"files/{f.Id}/{f.Name}", token => blobs.Read(f.BlobId, 0, f.Size, token));
        }
    }
}
