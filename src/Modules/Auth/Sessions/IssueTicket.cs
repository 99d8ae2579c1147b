using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Auth.Sessions;

internal static class IssueTicket
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/ws-ticket", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(caller), ct)).ToOk())
            .WithTags("Auth").WithSummary("A ticket for one socket").WithDescription("For `GET /ws?ticket=…`: it opens one socket, within `expiresIn` seconds, for this session.")
            .Produces<TicketView>().ProducesProblem(401).ProducesProblem(403);

    public sealed record TicketView(string Ticket, int ExpiresIn);

    public sealed record Command(Caller Caller) : IRequest<Result<TicketView>>;

    internal sealed class Handler(SocketTickets tickets) : IRequestHandler<Command, Result<TicketView>>
    {
        public async Task<Result<TicketView>> Handle(Command request, CancellationToken cancellationToken) =>
            new TicketView(await tickets.Issue(request.Caller.SessionId, cancellationToken), tickets.LifetimeSeconds);
    }
}
