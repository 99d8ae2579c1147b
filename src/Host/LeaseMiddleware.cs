using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Nodes;

namespace ChatMonolith.Host;

/// <summary>
/// A node without a lease answers nothing but how it is: what it has in memory may be from before a right ended, and the others no longer
/// wait for it.
/// </summary>
internal sealed class LeaseMiddleware(RequestDelegate next, INodes nodes)
{
    public Task Invoke(HttpContext context) =>
        !nodes.AreSeveral || nodes.HoldsLease || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
            ? next(context)
            : Problems.Write(context, Error.Unavailable("This server has lost touch with the others. Try again."));
}
