namespace ChatMonolith.Host;

/// <summary>The machine-readable contract at <c>/openapi/v1.json</c> and a page that shows it at <c>/docs</c>; both are public on purpose.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1");

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.UseSwaggerUI(o =>
        {
            o.RoutePrefix = "docs";
            o.DocumentTitle = "ChatMonolith API";
            o.SwaggerEndpoint("/openapi/v1.json", "v1");
        });
    }
}
