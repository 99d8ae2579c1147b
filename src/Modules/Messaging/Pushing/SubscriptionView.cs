using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Messaging.Data;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>A browser that is pushed to. Its address at the push service is a secret of the two: only whose service it is, is shown.</summary>
internal sealed record SubscriptionView(Guid Id, Instant CreatedAt, string EndpointOrigin, bool Current)
{
    public static SubscriptionView Of(PushSubscriptionRow row, Guid sessionId) =>
        new(row.Id, row.CreatedAt, new Uri(row.Endpoint).GetLeftPart(UriPartial.Authority), row.SessionId == sessionId);
}
