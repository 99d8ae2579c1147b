using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// The server composed in this process, with every service checked (as in Development), but not listening: for tests that look at its routes, models and schema. What a client sees is
/// tested on a <see cref="RunningServer"/>.
/// </summary>
public sealed class BuiltServer : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WebApplication app;
    private readonly string? connectionString;

    private BuiltServer(Engine engine, string? connectionString)
    {
        this.connectionString = connectionString;
        app = ChatMonolith.Host.Server.Build(
        [
            "--environment=Development", $"--Data:Directory={folder["data"]}", $"--Database:Provider={engine}", $"--ConnectionStrings:Default={connectionString}", "--Logging:LogLevel:Default=Warning",
        ]);
    }

    public IServiceProvider Services => app.Services;

    public IEnumerable<RouteEndpoint> Routes => ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    internal IReadOnlyList<IModuleDatabase> Databases => [.. Services.GetServices<IModuleDatabase>()];

    internal Database Database => Services.GetRequiredService<Database>();

    public static async Task<BuiltServer> Compose(Engine engine) =>
        new(engine, engine is Engine.PostgreSql ? await (await PostgresCluster.Shared).CreateDatabase() : null);

    public Task Migrate() => Services.GetRequiredService<Schema>().Migrate(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (connectionString is not null)
        {
            await (await PostgresCluster.Shared).DropDatabase(connectionString);
        }

        folder.Dispose();
    }
}
