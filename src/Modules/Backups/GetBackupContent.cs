using System.Formats.Tar;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Backups;

/// <summary>One backup as it lies in the store, encrypted, as one tar: unpacked, it is a store with that one point.</summary>
internal static class GetBackupContent
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/backups/{id:id}/content", async (Guid id, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(id), ct)).ToHttp(point => Results.Stream(stream => Write(point, stream, ct), "application/x-tar", $"backup-{id:N}.tar")))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Fetch a backup, encrypted")
            .WithDescription("A tar with the point, its manifest and its objects. `chatctl backup verify --from FOLDER` and `restore` take the folder that it was unpacked to. Needs a step-up.")
            .Produces(200, contentType: "application/x-tar").ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Query(Guid Id) : IRequest<Result<Found>>;

    internal sealed record Found(PointBody Point, Func<IBackupStore> Open);

    internal sealed class Handler(BackupRounds rounds, DataFolder folder, TimeProvider time) : IRequestHandler<Query, Result<Found>>
    {
        public async Task<Result<Found>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (!rounds.Options.Works)
            {
                return Error.NotFound;
            }

            using var store = rounds.Options.Open(time);
            using var signing = SigningKey.Own(folder.Root);
            return (await Catalogue.Read(store, request.Id, signing.Public, cancellationToken)).Body is { } point ? new Found(point, () => rounds.Options.Open(time)) : Error.NotFound;
        }
    }

    private static async Task Write(Found found, Stream target, CancellationToken ct)
    {
        using var store = found.Open();
        await using var tar = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        var names = found.Point.Objects.Select(o => StoreNames.OfObject(o.Name)).Append(StoreNames.OfManifest(found.Point.Id)).ToList();
        if (found.Point.PassphraseKey is not null)
        {
            names.Add(StoreNames.PassphraseKey);
        }

        // Last, as in the store: a tar that ends early has no point.
        names.Add(StoreNames.OfPoint(found.Point.Id));
        foreach (var name in names)
        {
            var bytes = await store.ReadWhole(name, Math.Max(PointFile.MostBytes, ChunkCodec.MostSealed), ct) ?? throw new IOException($"The object {name} of the backup is missing.");
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes, writable: false), Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite }, ct);
        }
    }
}
