using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.Host;

/// <summary>Refuses a query that names a parameter twice: two readers of it could each see another value (ASVS 5.0, 15.3.7).</summary>
internal sealed class StrictQueryMiddleware(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (values.Count > 1)
            {
                return Problems.Write(context, Error.Validation(name, "Name this parameter once."));
            }
        }

        return next(context);
    }
}
