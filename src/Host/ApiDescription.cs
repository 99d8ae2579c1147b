using Microsoft.AspNetCore.OpenApi;

namespace ChatMonolith.Host;

/// <summary>The machine-readable contract at <c>/openapi/v1.json</c> and a page that shows it at <c>/docs</c>; both are public on purpose.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", o => o.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null ? null : Name(type.Type));

    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();

    /// <summary>Files, and no routes: to be asked before what has no route is answered with 404.</summary>
    public static void UseApiPage(this WebApplication app) =>
        app.UseSwaggerUI(o =>
        {
            o.RoutePrefix = "docs";
            o.DocumentTitle = "ChatMonolith API";
            o.SwaggerEndpoint("/openapi/v1.json", "v1");
        });

    /// <summary>Every slice calls its request <c>Body</c>: a schema's name begins with its slice, lest they all become one.</summary>
    private static string Name(Type type)
    {
        var plain = type.Name.Split('`')[0];
        var own = type.DeclaringType is { } slice ? slice.Name + plain : plain;
        return type.IsGenericType ? $"{own}Of{string.Join("And", type.GetGenericArguments().Select(Name))}" : own;
    }
}
