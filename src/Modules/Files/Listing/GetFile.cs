using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Kinds;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Listing;

internal static class GetFile
{
    private const int MostDownloads = 200;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/files/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Files").WithSummary("A file").Produces<FileView>().ProducesProblem(404).ProducesProblem(410);
        api.MapGet("/files/{id:id}/downloads", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Downloads(id, caller), ct)).ToOk())
            .WithTags("Files").WithSummary("Who began to download a file of one's own, the last 200, newest first").Produces<Items<Download>>().ProducesProblem(404);
        api.MapGet("/files/usage", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new UsageQuery(caller), ct)).ToOk())
            .WithTags("Files").WithSummary("What the caller has stored, and may store").Produces<UsageView>();
    }

    /// <param name="UserId">Null for who came by a link.</param>
    /// <param name="TransferId">The transfer they came by.</param>
    /// <param name="At">When the first byte was asked for.</param>
    public sealed record Download(Guid? UserId, Guid? TransferId, Instant At);

    /// <param name="Bytes">Of files, their earlier versions, and uploads that go on.</param>
    /// <param name="Files">How many those are.</param>
    /// <param name="QuotaBytes">0: no limit.</param>
    /// <param name="QuotaFiles">0: no limit.</param>
    /// <param name="MaxFileBytes">The largest file.</param>
    /// <param name="ServerThumbnails">The server makes thumbnails of what it can read; otherwise clients do.</param>
    public sealed record UsageView(long Bytes, long Files, long QuotaBytes, int QuotaFiles, long MaxFileBytes, bool ServerThumbnails);

    public sealed record Query(Guid Id, Caller Caller) : IRequest<Result<FileView>>;

    public sealed record Downloads(Guid Id, Caller Caller) : IRequest<Result<Items<Download>>>;

    public sealed record UsageQuery(Caller Caller) : IRequest<Result<UsageView>>;

    internal sealed class Handler(FileRights rights) : IRequestHandler<Query, Result<FileView>>
    {
        public async Task<Result<FileView>> Handle(Query request, CancellationToken cancellationToken) =>
            (await rights.Find(request.Id, request.Caller.UserId, cancellationToken)).Map(f => f.ToView());
    }

    internal sealed class DownloadsHandler(FilesDb db) : IRequestHandler<Downloads, Result<Items<Download>>>
    {
        public async Task<Result<Items<Download>>> Handle(Downloads request, CancellationToken cancellationToken)
        {
            if (!await db.Files.AnyAsync(f => f.Id == request.Id && f.OwnerId == request.Caller.UserId, cancellationToken))
            {
                return Error.NotFound;
            }

            var rows = await db.Downloads.AsNoTracking().Where(d => d.FileId == request.Id).OrderByDescending(d => d.Id).Take(MostDownloads).ToListAsync(cancellationToken);
            return new Items<Download>(rows.ConvertAll(d => new Download(d.UserId, d.TransferId, d.At)));
        }
    }

    internal sealed class UsageHandler(FilesDb db, Thumbnails thumbnails, IOptions<FilesOptions> options) : IRequestHandler<UsageQuery, Result<UsageView>>
    {
        public async Task<Result<UsageView>> Handle(UsageQuery request, CancellationToken cancellationToken)
        {
            var used = await Quota.Used(db, request.Caller.UserId, exceptUpload: null, cancellationToken);
            var o = options.Value;
            return new UsageView(used.Bytes, used.Files, o.QuotaBytes, o.QuotaFiles, o.MaxFileBytes, thumbnails.IsActive);
        }
    }
}
