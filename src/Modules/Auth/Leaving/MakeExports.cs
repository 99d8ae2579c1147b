using System.IO.Compression;
using System.Text.Json;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Auth.Leaving;

/// <summary>Makes the copies of personal data that were asked for, and removes those that nobody fetched within a day.</summary>
[DisallowConcurrentExecution]
internal sealed class MakeExports(AuthDb db, IEnumerable<IPersonalData> sources, IEnumerable<IPersonalFiles> owned, ExportFiles files, TimeProvider time, ILogger<MakeExports> logger) : IJob
{
    public const string Name = "auth.exports";
    public static readonly JobKey Key = new(Name);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly JsonSerializerOptions Readable = new(Json.Http) { WriteIndented = true };

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        // Rights are asked now, not when the copy was asked for: who is gone gets none.
        var asked = await db.Exports.AsNoTracking().Where(e => e.State == ExportState.Asked && db.Accounts.Any(a => a.Id == e.AccountId && a.IsActive)).ToListAsync(cancellationToken);
        foreach (var export in asked)
        {
            await Make(export, cancellationToken);
        }

        var before = time.Now() - (long)Kept.TotalMilliseconds;
        foreach (var old in await db.Exports.AsNoTracking().Where(e => e.CreatedAt < before).Select(e => e.Id).ToListAsync(cancellationToken))
        {
            files.Remove(old);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.Exports.Where(e => e.Id == old).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private async Task Make(ExportRow export, CancellationToken ct)
    {
        var state = ExportState.Ready;
        try
        {
            files.EnsureFolder();
            await Write(export, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogError(e, "The copy of data {ExportId} could not be made", export.Id);
            files.Remove(export.Id);
            state = ExportState.Failed;
        }

        var now = time.Now();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var stored = await db.Exports.Where(e => e.Id == export.Id && e.State == ExportState.Asked).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, state).SetProperty(e => e.ReadyAt, now), ct);
        await transaction.CommitAsync(ct);
        if (stored == 0)
        {
            // The account was deleted meanwhile.
            files.Remove(export.Id);
        }
    }

    private async Task Write(ExportRow export, CancellationToken ct)
    {
        var stream = new FileStream(files.NewPathOf(export.Id), FileMode.Create, FileAccess.Write, FileShare.None);
        await using (stream)
        {
            await using var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct);
            foreach (var source in sources)
            {
                await using var entry = await zip.CreateEntry(source.File).OpenAsync(ct);
                await JsonSerializer.SerializeAsync(entry, source.Of(export.AccountId, ct), Readable, ct);
            }

            await foreach (var file in owned.ToAsyncEnumerable().SelectMany(source => source.Of(export.AccountId, ct)).WithCancellation(ct))
            {
                await using var bytes = await file.Open(ct);
                if (bytes is not null)
                {
                    // Most files are compressed already.
                    await using var entry = await zip.CreateEntry(file.Path, CompressionLevel.NoCompression).OpenAsync(ct);
                    await bytes.CopyToAsync(entry, ct);
                }
            }
        }

        File.Move(files.NewPathOf(export.Id), files.PathOf(export.Id), overwrite: true);
    }
}
