using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Admin.Audit;

internal static class VerifyAudit
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/audit/verify", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(), ct)).ToOk())
            .RequireAuthorization(Policies.AdminStepUp).InClass(RouteClass.Costly).WithTags("Admin").WithSummary("Whether the audit log is whole")
            .WithDescription("Reads every entry and names the first that was changed, dropped, put elsewhere or cut off. `head` is the last entry's hash. Needs a step-up.")
            .Produces<AuditVerdict>().ProducesProblem(401).ProducesProblem(403);

    public sealed record Command : IRequest<Result<AuditVerdict>>;

    internal sealed class Handler(AuditCheck check, AuditSealing sealing) : IRequestHandler<Command, Result<AuditVerdict>>
    {
        public async Task<Result<AuditVerdict>> Handle(Command request, CancellationToken cancellationToken)
        {
            await sealing.Seal(cancellationToken);
            return await check.Run(cancellationToken);
        }
    }
}
