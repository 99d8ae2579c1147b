using System.Buffers;
using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Uploads;

/// <summary>What stands of an upload after a request.</summary>
internal sealed record Progress(long Offset, long Length, long ExpiresAt, bool IsComplete);

/// <summary>
/// Takes the bytes of a resumable upload. An offset is told only when the bytes up to it are durable and the row says so; what came
/// after it is cut off when the upload goes on.
/// </summary>
internal sealed class Receiving(
    FilesDb db, IBlobStore blobs, UploadGate gate, RunningUploads uploads, Examination examination, FileIntake intake, ISessionState sessions, IOptions<FilesOptions> options, TimeProvider time)
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>So often an offset becomes durable on the way.</summary>
    private const long FlushEvery = 32 * 1024 * 1024;

    private long NextExpiry => time.Now() + (long)TimeSpan.FromHours(options.Value.UploadHours).TotalMilliseconds;

    /// <summary>The caller's own upload; <c>gone</c> when its time is over.</summary>
    public async Task<Result<UploadRow>> Find(Guid uploadId, Guid userId, CancellationToken ct)
    {
        var row = await db.Uploads.AsNoTracking().SingleOrDefaultAsync(u => u.Id == uploadId && u.OwnerId == userId, ct);
        return row is null ? Error.NotFound
            : row.FileId is null && row.ExpiresAt <= time.Now() ? new Error(ErrorCodes.Gone, "Nothing came on this upload for too long. Begin it anew.")
            : row;
    }

    /// <summary>Where the upload stands, when whatever went on has ended.</summary>
    public async Task<Result<Progress>> Look(Guid uploadId, Caller caller, CancellationToken ct)
    {
        // Before anything is interrupted: only the owner's word counts.
        var known = await Find(uploadId, caller.UserId, ct);
        if (!known.IsOk)
        {
            return known.Error;
        }

        using var hold = await gate.Enter(uploadId, ct);
        var found = await Find(uploadId, caller.UserId, ct);
        return found.IsOk ? await Settle(found.Value, caller, ct) : found.Error;
    }

    /// <param name="uploadId">Which.</param>
    /// <param name="caller">Its owner.</param>
    /// <param name="offset">Where the bytes belong; <c>conflict</c> unless the upload stands there.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="announced">How many there will be, if that was said.</param>
    /// <param name="checksum">Of these bytes; what does not match it is not kept.</param>
    /// <param name="ct">The request.</param>
    public async Task<Result<Progress>> Append(Guid uploadId, Caller caller, long offset, Stream body, long? announced, byte[]? checksum, CancellationToken ct)
    {
        var known = await Find(uploadId, caller.UserId, ct);
        if (!known.IsOk)
        {
            return known.Error;
        }

        using var hold = await gate.Enter(uploadId, ct);
        var found = await Find(uploadId, caller.UserId, ct);
        if (!found.IsOk)
        {
            return found.Error;
        }

        var settled = await Settle(found.Value, caller, ct);
        if (!settled.IsOk)
        {
            return settled.Error;
        }

        if (settled.Value.Offset != offset)
        {
            return Error.Conflict($"This upload stands at {settled.Value.Offset}. Ask for the offset and go on from there.");
        }

        return settled.Value.IsComplete ? announced is > 0 ? TooMuch(found.Value) : settled.Value
            : announced > found.Value.Length - offset ? TooMuch(found.Value)
            : await Receive(found.Value, caller, body, checksum, hold, ct);
    }

    public async Task<Result<Nothing>> Terminate(Guid uploadId, Caller caller, CancellationToken ct)
    {
        var known = await db.Uploads.AsNoTracking().AnyAsync(u => u.Id == uploadId && u.OwnerId == caller.UserId && u.FileId == null, ct);
        if (!known)
        {
            return Error.NotFound;
        }

        using var hold = await gate.Enter(uploadId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var row = await db.Uploads.SingleOrDefaultAsync(u => u.Id == uploadId && u.FileId == null, CancellationToken.None);
        if (row is null)
        {
            return Error.NotFound;
        }

        db.Uploads.Remove(row);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        gate.Forget(uploadId);
        await blobs.Remove(row.BlobId, new BlobState(row.Offset, row.State), CancellationToken.None);
        return Nothing.Value;
    }

    private static Error SessionEnded => Error.Unauthenticated("The session has ended. Log in again.");

    private static Error TooMuch(UploadRow row) => new(ErrorCodes.TooLarge, $"This upload was said to have {row.Length} bytes. Begin another one for more.");

    private static Progress Complete(UploadRow row) => new(row.Length, row.Length, row.ExpiresAt, IsComplete: true);

    /// <summary>
    /// The bytes may be whole without a file: the server ended between the two, or the file was refused then. It is tried again.
    /// </summary>
    private async Task<Result<Progress>> Settle(UploadRow row, Caller caller, CancellationToken ct)
    {
        if (row.FileId is not null)
        {
            return Complete(row);
        }

        if (row.Offset > 0 && (row.Offset == row.Length || await blobs.Length(row.BlobId, ct) == row.Length))
        {
            return await Accept(row, caller, sha256: null);
        }

        return new Progress(row.Offset, row.Length, row.ExpiresAt, IsComplete: false);
    }

    private async Task<Result<Progress>> Receive(UploadRow row, Caller caller, Stream body, byte[]? checksum, UploadGate.Hold hold, CancellationToken ct)
    {
        using var running = uploads.Begin(caller.SessionId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, hold.Interrupted, running.Stopped);
        using var sum = checksum is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hash = gate.TakeHash(row.Id, row.Offset);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var writer = await blobs.Write(row.BlobId, row.Length, new BlobState(row.Offset, row.State), CancellationToken.None);
            var cut = false;
            while (true)
            {
                int read;
                try
                {
                    read = await body.ReadAsync(buffer.AsMemory(0, BufferBytes), stop.Token);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                    // The connection is gone, or another request goes on. What came is kept, unless a checksum was to judge it.
                    cut = true;
                    break;
                }

                if (read == 0)
                {
                    break;
                }

                if (writer.Offset + read > row.Length)
                {
                    return TooMuch(row);
                }

                if (sessions.HasEnded(caller.SessionId))
                {
                    return SessionEnded;
                }

                // Taken by the processor while the disk works.
                var bytes = buffer.AsMemory(0, read);
                var writing = writer.Write(bytes, CancellationToken.None);
                hash?.AppendData(bytes.Span);
                sum?.AppendData(bytes.Span);
                await writing;
                if (checksum is null && writer.Offset - row.Offset >= FlushEvery && writer.Offset < row.Length)
                {
                    await Save(row, await writer.Flush(CancellationToken.None));
                }
            }

            if (cut && sessions.HasEnded(caller.SessionId))
            {
                return SessionEnded;
            }

            if (sum is not null && (cut || !sum.GetHashAndReset().AsSpan().SequenceEqual(checksum)))
            {
                ct.ThrowIfCancellationRequested();
                return new Error(ErrorCodes.ChecksumMismatch, "The bytes do not have the checksum that came with them. Nothing of them was kept; send them again.");
            }

            if (writer.Offset == row.Length)
            {
                await writer.Finish(CancellationToken.None);
                return await Accept(row, caller, hash?.GetHashAndReset());
            }

            await Save(row, await writer.Flush(CancellationToken.None));
            if (hash is not null)
            {
                gate.KeepHash(row.Id, row.Offset, hash);
                hash = null;
            }

            ct.ThrowIfCancellationRequested();
            return cut ? Error.Conflict("Another request goes on with this upload.") : new Progress(row.Offset, row.Length, row.ExpiresAt, IsComplete: false);
        }
        catch (IOException e) when (BlobDisk.IsFull(e))
        {
            return DiskReserve.DiskFull;
        }
        catch (BlobLostException)
        {
            return new Error(ErrorCodes.Gone, "What was stored of this upload is gone. Begin it anew.");
        }
        finally
        {
            hash?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<Result<Progress>> Accept(UploadRow row, Caller caller, byte[]? sha256)
    {
        var file = await examination.Of(row.Id, row.BlobId, row.Name, row.Length, sha256, CancellationToken.None);
        var accepted = await intake.Accept(caller, new Destination(row.RoomId, row.RecipientId, row.ClientId), file, row.Id, CancellationToken.None);
        if (accepted.IsOk)
        {
            return Complete(row);
        }

        // Whole all the same: asked again, only this last step is repeated.
        await Save(row, new BlobState(row.Length, ""));
        if (file.ThumbnailId is { } thumbnail)
        {
            await blobs.Remove(thumbnail, BlobState.None, CancellationToken.None);
        }

        return accepted.Error;
    }

    /// <exception cref="TimeoutException">Another node has gone on with it meanwhile.</exception>
    private async Task Save(UploadRow row, BlobState state)
    {
        var (before, expires) = (row.Offset, NextExpiry);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var saved = await db.Uploads.Where(u => u.Id == row.Id && u.Offset == before && u.FileId == null).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.Offset, state.Offset).SetProperty(u => u.State, state.Parts).SetProperty(u => u.ExpiresAt, expires), CancellationToken.None);
        if (saved == 0)
        {
            throw new TimeoutException("Another server goes on with this upload.");
        }

        await transaction.CommitAsync(CancellationToken.None);
        (row.Offset, row.State, row.ExpiresAt) = (state.Offset, state.Parts, expires);
    }
}
