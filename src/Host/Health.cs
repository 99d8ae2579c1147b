using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ChatMonolith.Host;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve; 503 with the reasons while it cannot.</summary>
internal static class Health
{
    public static void AddHealth(this IServiceCollection services) =>
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database", timeout: TimeSpan.FromSeconds(5))
            .AddCheck<DrainCheck>("draining")
            .AddCheck<LeaseCheck>("node");

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Ok(new { status = "live" })).AllowAnonymous().ExcludeFromDescription();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(new
            {
                status = report.Status == HealthStatus.Healthy ? "ready" : "unready",
                reasons = report.Entries.Where(e => e.Value.Status != HealthStatus.Healthy).Select(e => $"{e.Key}: {e.Value.Description}"),
            }),
        }).AllowAnonymous();
    }

    private sealed class DatabaseCheck(Database database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var connection = await database.Open(cancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText = "SELECT 1";
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (DatabaseFailures.Classify(e) is not null)
            {
                return HealthCheckResult.Unhealthy("the database does not answer");
            }
        }
    }

    /// <summary>A node that lost its lease: the others take it for dead, and it answers nothing until it has a new one.</summary>
    private sealed class LeaseCheck(INodes nodes) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(nodes.HoldsLease ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("this node has no lease"));
    }

    private sealed class DrainCheck(IHostApplicationLifetime lifetime, INodes nodes) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested || nodes.IsDraining
                ? HealthCheckResult.Unhealthy("the server is stopping")
                : HealthCheckResult.Healthy());
    }
}
