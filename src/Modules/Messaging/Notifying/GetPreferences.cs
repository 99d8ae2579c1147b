using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Notifying;

internal static class GetPreferences
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/me/notifications", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .WithTags("Notifications").WithSummary("Of what I want to be notified")
            .Produces<PreferenceView>();

    public sealed record Query(Caller Caller) : IRequest<Result<PreferenceView>>;

    internal sealed class Handler(MessagingDb db) : IRequestHandler<Query, Result<PreferenceView>>
    {
        public async Task<Result<PreferenceView>> Handle(Query request, CancellationToken cancellationToken) =>
            PreferenceViews.Of(await db.Preferences.AsNoTracking().SingleOrDefaultAsync(p => p.UserId == request.Caller.UserId, cancellationToken) ?? new PreferenceRow());
    }
}
