using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Backups;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Backups;

/// <summary>The points in the store, the newest first, and what is going on.</summary>
internal static class ListBackups
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/backups", async (int? limit, string? cursor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(limit ?? Page<BackupView>.DefaultLimit, cursor), ct)).ToOk())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Backups, what is running, and how the last ones went")
            .WithDescription("`works` says whether a place for backups is set. `problem` of an item says why it does not count: it is damaged, or not signed by this server. `signer` is what the operator keeps elsewhere to tell this server's backups from forged ones.")
            .Produces<BackupPage>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);

    /// <param name="Works">A place is set.</param>
    /// <param name="Place">Where backups lie.</param>
    /// <param name="Signer">The public key whose private half signs them, as PEM, and its SHA-256.</param>
    /// <param name="Running">Null while nothing is.</param>
    /// <param name="Last">The newest outcome of each kind of work.</param>
    /// <param name="Items">The backups.</param>
    /// <param name="NextCursor">Null at the end.</param>
    public sealed record BackupPage(bool Works, string? Place, SignerView? Signer, RunningView? Running, LastView Last, IReadOnlyList<BackupView> Items, string? NextCursor);

    public sealed record SignerView(string PublicKey, string Fingerprint);

    public sealed record RunningView(string Work, Instant StartedAt, string Step, long Done, long Total);

    public sealed record LastView(OutcomeView? Backup, OutcomeView? Verification, OutcomeView? Drill);

    public sealed record OutcomeView(Guid? BackupId, bool Ok, string How, Instant StartedAt, Instant EndedAt, long Bytes);

    public sealed record BackupView(Guid Id, Instant CreatedAt, string? Reason, string? Database, long? Bytes, long? StoredBytes, long? Files, IReadOnlyList<string>? Keys, string? Problem);

    public sealed record Query(int Limit, string? Cursor) : IRequest<Result<BackupPage>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<BackupView>.MaxLimit);
            RuleFor(q => q.Cursor).Must(c => Guid.TryParseExact(c, "N", out _)).When(q => q.Cursor is not null).WithMessage("This cursor was not given out by this list.");
        }
    }

    internal sealed class Handler(BackupRounds rounds, BackupReports reports, DataFolder folder, TimeProvider time) : IRequestHandler<Query, Result<BackupPage>>
    {
        public async Task<Result<BackupPage>> Handle(Query request, CancellationToken cancellationToken)
        {
            var running = rounds.Running is { } r ? new RunningView(Camel(r.Work), r.StartedAt, r.Progress.Step, r.Progress.Done, r.Progress.Total) : null;
            var last = new LastView(Show(BackupWork.Backup), Show(BackupWork.Verification), Show(BackupWork.Drill));
            if (!rounds.Options.Works)
            {
                return new BackupPage(false, null, null, running, last, [], null);
            }

            try
            {
                using var store = rounds.Options.Open(time);
                using var signing = SigningKey.Own(folder.Root);
                var found = await Catalogue.Each(store, signing.Public, cancellationToken, before: request.Cursor).Take(request.Limit + 1).Select(p => Show(p)).ToListAsync(cancellationToken);
                var items = found.Take(request.Limit).ToList();
                return new BackupPage(true, store.Place, new SignerView(signing.Public.Pem, signing.Public.Fingerprint), running, last, items, found.Count > request.Limit ? items[^1].Id.ToString("N") : null);
            }
            catch (Exception e) when (e is BackupRefusedException or IOException)
            {
                return Error.Unavailable("The place of the backups does not answer: " + e.Message);
            }
        }

        private static BackupView Show(FoundPoint p) => p.Body is { } b
            ? new BackupView(p.Id, b.CreatedAt, b.Reason, b.Database, b.Bytes, b.Objects.Sum(o => o.Size) + b.Manifest.Size, b.Files, b.Keys, null)
            : new BackupView(p.Id, Made(p.Id), null, null, null, null, null, null, p.Problem);

        /// <summary>Version 7: its first 48 bits are the time.</summary>
        private static Instant Made(Guid id) => Convert.ToInt64(id.ToString("N")[..12], 16) is var at and < 253_402_300_800_000 ? at : 0;

        private static string Camel(BackupWork work) => work.ToString().ToLowerInvariant();

        private OutcomeView? Show(BackupWork work) => reports.Last(work) is { } o ? new OutcomeView(o.PointId, o.Ok, o.How, o.StartedAt, o.EndedAt, o.Bytes) : null;
    }
}
