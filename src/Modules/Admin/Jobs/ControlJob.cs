using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Live;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Admin.Jobs;

/// <summary>Runs a job now, pauses it, lets it go on.</summary>
internal static class ControlJob
{
    internal enum Act
    {
        Run,
        Pause,
        Resume,
    }

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/admin/jobs/{name}/run", (string name, Actor actor, IMediator mediator, CancellationToken ct) => Do(name, Act.Run, actor, mediator, ct))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Run a job now").WithDescription("Also one that is paused. `conflict` while it runs. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/admin/jobs/{name}/pause", (string name, Actor actor, IMediator mediator, CancellationToken ct) => Do(name, Act.Pause, actor, mediator, ct))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Pause a job").WithDescription("Also over restarts, until it is resumed; a run that goes on ends by itself. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapPost("/admin/jobs/{name}/resume", (string name, Actor actor, IMediator mediator, CancellationToken ct) => Do(name, Act.Resume, actor, mediator, ct))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Let a paused job run by its schedule again").WithDescription("What it missed is not made up for. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    private static async Task<IResult> Do(string name, Act act, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(name, act, actor), ct)).ToNoContent();

    public sealed record Command(string Name, Act Act, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AdminDb db, JobViews jobs, PausedJobs paused, ISchedulerFactory schedulers, AdminWatchers watchers, IAuditLog audit, TimeProvider time) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await jobs.Find(request.Name, cancellationToken) is not { } key)
            {
                return Error.NotFound;
            }

            await paused.Ready(cancellationToken);
            if (request.Act is Act.Run && (await jobs.Of(key, cancellationToken)).RunningSince is not null)
            {
                return Error.Conflict("This job runs just now.", ConflictReasons.JobRuns);
            }

            await Record(request, cancellationToken);
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            switch (request.Act)
            {
                case Act.Run:
                    await scheduler.TriggerJob(key, new JobDataMap { [JobRuns.TriggerKey] = nameof(RunTrigger.Manual) }, cancellationToken);
                    break;
                case Act.Pause:
                    await paused.Changed(key.Name);
                    await scheduler.PauseJob(key, cancellationToken);
                    break;
                case Act.Resume:
                    await paused.Changed(key.Name);
                    await scheduler.ResumeJob(key, cancellationToken);
                    break;
            }

            await watchers.TellJob(key.Name);
            return Nothing.Value;
        }

        private async Task Record(Command request, CancellationToken ct)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var isPaused = await db.PausedJobs.AnyAsync(p => p.Job == request.Name, ct);
            if (request.Act is Act.Pause && !isPaused)
            {
                db.PausedJobs.Add(new PausedJobRow { Job = request.Name, Since = time.Now() });
                await db.SaveChangesAsync(ct);
            }
            else if (request.Act is Act.Resume && isPaused)
            {
                await db.PausedJobs.Where(p => p.Job == request.Name).ExecuteDeleteAsync(ct);
            }

            var what = request.Act switch { Act.Run => "job.run", Act.Pause => "job.paused", _ => "job.resumed" };
            await audit.Append(db, AuditEvent.By(request.Actor, what, "job", subjectId: null, ("job", request.Name)), ct);
            await transaction.CommitAsync(ct);
        }
    }
}
