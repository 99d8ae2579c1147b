using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Listing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Transfers;

/// <summary>The contract's <c>transfer</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SenderId">Who sent it.</param>
/// <param name="Message">Beside the files; may be empty.</param>
/// <param name="Files">As they were when they were sent.</param>
/// <param name="Recipients">To its sender all of them; to a recipient only themselves; to who came by the link none.</param>
/// <param name="Encrypted">The link's secret never came to the server.</param>
/// <param name="HasPassword">The link alone does not open it.</param>
/// <param name="MaxDownloads">Null: no limit.</param>
/// <param name="DownloadCount">How many were taken.</param>
/// <param name="Downloaded">By anybody; to a recipient, by themselves.</param>
/// <param name="ExpiresAt">From then on nobody opens it.</param>
/// <param name="CreatedAt">When it was sent.</param>
/// <param name="RevokedAt">When its sender took it back.</param>
internal sealed record TransferView(
    Guid Id,
    Guid SenderId,
    string Message,
    IReadOnlyList<FileView> Files,
    IReadOnlyList<RecipientView> Recipients,
    bool Encrypted,
    bool HasPassword,
    int? MaxDownloads,
    int DownloadCount,
    bool Downloaded,
    Instant ExpiresAt,
    Instant CreatedAt,
    Instant? RevokedAt);

/// <summary>An account, or the address that the sender wrote.</summary>
internal sealed record RecipientView(Guid? UserId, string? Email, bool Downloaded, Instant? DownloadedAt);

internal static class TransferViews
{
    /// <param name="db">Where.</param>
    /// <param name="transfers">At most 200.</param>
    /// <param name="viewer">Null for who came by the link.</param>
    /// <param name="ct">Cancels the queries.</param>
    public static async Task<IReadOnlyList<TransferView>> Of(FilesDb db, IReadOnlyList<TransferRow> transfers, Guid? viewer, CancellationToken ct)
    {
        var ids = transfers.Select(t => t.Id).ToArray();
        var files = (await db.TransferFiles.AsNoTracking().Where(f => ids.Contains(f.TransferId)).OrderBy(f => f.Position).ToListAsync(ct)).ToLookup(f => f.TransferId);
        var recipients = (await db.Recipients.AsNoTracking().Where(r => ids.Contains(r.TransferId)).OrderBy(r => r.Number).ToListAsync(ct)).ToLookup(r => r.TransferId);
        return [.. transfers.Select(t => Of(t, [.. files[t.Id]], [.. recipients[t.Id]], viewer))];
    }

    public static TransferView Of(TransferRow t, IReadOnlyList<TransferFileRow> files, IReadOnlyList<RecipientRow> recipients, Guid? viewer)
    {
        var isSender = viewer == t.SenderId;
        var seen = isSender ? recipients : recipients.Where(r => viewer is not null && r.UserId == viewer).ToList();

        // Who named an address learns nothing of whether there is an account behind it.
        var shown = seen.Select(r => new RecipientView(r.Email is null || !isSender ? r.UserId : null, isSender ? r.Email : null, r.DownloadedAt is not null, Instant.From(r.DownloadedAt)));
        return new TransferView(
            t.Id, t.SenderId, t.Message, [.. files.Select(f => f.ToView(t))], [.. shown], t.Encrypted, HasPassword(t), t.MaxDownloads, t.DownloadCount,
            isSender || seen.Count == 0 ? t.DownloadCount > 0 : seen.Any(r => r.DownloadedAt is not null),
            t.ExpiresAt, t.CreatedAt, Instant.From(t.RevokedAt));
    }

    public static bool HasPassword(TransferRow t) => t.PasswordHash is not null || (t.LinkKdf is { } kdf && LinkKdf.Read(kdf).HasPassword);
}
