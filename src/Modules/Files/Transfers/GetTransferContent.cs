using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Transfers;

/// <summary>A transfer's files, to who holds a download token.</summary>
internal static class GetTransferContent
{
    private const string Scheme = "Transfer ";

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapMethods(
            "/transfers/{id:id}/files/{fileId:id}/content",
            [HttpMethods.Get, HttpMethods.Head],
            async (Guid id, Guid fileId, HttpContext context, Leases leases, RunningDownloads running, DownloadLog downloads, CancellationToken ct) =>
            {
                var header = context.Request.Headers.Authorization;
                var text = header is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
                var found = await leases.Find(id, fileId, text, ct);
                if (!found.IsOk)
                {
                    if (found.Error.Code == ErrorCodes.Unauthenticated)
                    {
                        context.Response.Headers.WWWAuthenticate = "Transfer";
                    }

                    return found.Error.ToProblem();
                }

                var (token, file) = found.Value;
                running.Add(id, context);
                return new Content(
                    new Served(file.BlobId!.Value, file.Size, file.ContentType, Served.TagOf(file.Sha256), file.Name),
                    async (isBegin, stop) =>
                    {
                        var refusal = token.TakenAt is null ? await leases.Take(token, stop) : null;
                        if (refusal is null && isBegin)
                        {
                            downloads.Began(fileId, token.UserId, id, context);
                        }

                        return refusal;
                    });
            })
            .AllowAnonymous().WithTags("Transfers").WithSummary("The bytes of a transfer's file")
            .WithDescription(
                """
                Authorization: Transfer <downloadToken>. The first byte of content takes one download of the transfer for this token; ranges and repeats within the token's 24 hours take no more, also
                after the transfer's end. At the limit, and once it is revoked, 410.
                """)
            .Produces(200).Produces(206).Produces(304).ProducesProblem(401).ProducesProblem(404).ProducesProblem(410).ProducesProblem(412).ProducesProblem(416);
}

/// <summary>Takes a transfer's downloads, each exactly once.</summary>
internal sealed class Leases(FilesDb db, IPeople people, TimeProvider time)
{
    /// <summary>The token and the file, if the token may fetch it now, as far as that can be said before bytes flow.</summary>
    public async Task<Result<(TokenRow Token, TransferFileRow File)>> Find(Guid transferId, Guid fileId, string? text, CancellationToken ct)
    {
        var transfer = await db.Transfers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == transferId, ct);
        if (transfer is null)
        {
            return Error.NotFound;
        }

        var now = time.Now();
        if (transfer.RevokedAt is not null || (await people.Active([transfer.SenderId], ct)).Count == 0)
        {
            return OpenTransfer.Over;
        }

        if (await DownloadToken.Find(db, text, ct) is not { } token || token.TransferId != transferId || token.ExpiresAt <= now)
        {
            return Error.Unauthenticated("Open the transfer first: the download token is missing, wrong, or older than a day.");
        }

        if (token.TakenAt is null && OpenTransfer.IsOver(transfer, now))
        {
            return OpenTransfer.Over;
        }

        var file = await db.TransferFiles.AsNoTracking().SingleOrDefaultAsync(f => f.TransferId == transferId && f.FileId == fileId, ct);
        return file is null ? Error.NotFound : file.BlobId is null ? OpenTransfer.Over : (token, file);
    }

    /// <summary>
    /// One conditional update of the transfer decides. The token is marked first: two requests with the same token wait for each other
    /// on its row, and the second finds it taken.
    /// </summary>
    public async Task<Error?> Take(TokenRow token, CancellationToken ct)
    {
        var now = time.Now();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Tokens.Where(t => t.Id == token.Id && t.TakenAt == null).ExecuteUpdateAsync(s => s.SetProperty(t => t.TakenAt, now), ct) == 0)
        {
            return await db.Tokens.AnyAsync(t => t.Id == token.Id && t.TakenAt != null, ct) ? null : OpenTransfer.Over;
        }

        var taken = await db.Transfers
            .Where(t => t.Id == token.TransferId && t.RevokedAt == null && t.ExpiresAt > now && (t.MaxDownloads == null || t.DownloadCount < t.MaxDownloads))
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.DownloadCount, t => t.DownloadCount + 1), ct);
        if (taken == 0)
        {
            return OpenTransfer.Over;
        }

        if (token.UserId is { } userId)
        {
            await db.Recipients.Where(r => r.TransferId == token.TransferId && r.UserId == userId && r.DownloadedAt == null)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.DownloadedAt, now), ct);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return null;
    }
}
