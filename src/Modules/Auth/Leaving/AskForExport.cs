using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Auth.Leaving;

/// <param name="Id">The copy's.</param>
/// <param name="State"><c>asked</c>, <c>ready</c>, <c>fetched</c> or <c>failed</c>.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="ReadyAt">Since when it can be fetched.</param>
internal sealed record ExportView(Guid Id, ExportState State, Instant CreatedAt, Instant? ReadyAt)
{
    public static ExportView Of(ExportRow row) => new(row.Id, row.State, row.CreatedAt, Instant.From(row.ReadyAt));
}

/// <summary>A copy of all that the server holds of the caller: asked for here, made by a job, fetched once.</summary>
internal static class AskForExport
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/users/me/export", async (Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(caller), ct)).ToHttp(view => Results.Accepted("/api/v1/users/me/export", view)))
            .InClass(RouteClass.Costly).RequireAuthorization(Policies.StepUp).WithTags("Users").WithSummary("Ask for a copy of my data")
            .WithDescription("A job makes a zip of JSON files; `GET /users/me/export` tells when it is ready, `GET /users/me/export/content` fetches it, once, within a day. One an hour. Needs a step-up.")
            .Produces<ExportView>(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);
        api.MapGet("/users/me/export", async (Caller caller, AuthDb db, CancellationToken ct) =>
                await db.Exports.AsNoTracking().Where(e => e.AccountId == caller.UserId).OrderByDescending(e => e.Id).FirstOrDefaultAsync(ct) is { } row
                    ? Results.Ok(ExportView.Of(row))
                    : Results.NoContent())
            .WithTags("Users").WithSummary("The newest copy of my data").WithDescription("204 while none was asked for.").Produces<ExportView>().Produces(204).ProducesProblem(401).ProducesProblem(403);
    }

    public sealed record Command(Caller Caller) : IRequest<Result<ExportView>>;

    internal sealed class Handler(AuthDb db, ISchedulerFactory schedulers, TimeProvider time, ILogger<Handler> logger) : IRequestHandler<Command, Result<ExportView>>
    {
        public async Task<Result<ExportView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var now = time.Now();
            var row = new ExportRow { Id = Guid.CreateVersion7(), AccountId = request.Caller.UserId, State = ExportState.Asked, CreatedAt = now };
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is null)
                {
                    return Error.Unauthenticated();
                }

                var last = await db.Exports.Where(e => e.AccountId == request.Caller.UserId).MaxAsync(e => (long?)e.CreatedAt, cancellationToken) ?? 0;
                var next = last + (long)Pause.TotalMilliseconds;
                if (next > now)
                {
                    return Error.RateLimited(TimeSpan.FromMilliseconds(next - now));
                }

                db.Exports.Add(row);
                await db.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            logger.ExportAsked(request.Caller.UserId, row.Id);
            await (await schedulers.GetScheduler(cancellationToken)).TriggerJob(MakeExports.Key, cancellationToken);
            return ExportView.Of(row);
        }
    }
}
