using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.Host.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Host;

/// <summary>Composition only: what the server is made of, in the order in which a request meets it.</summary>
internal static class Server
{
    /// <param name="args">The command line.</param>
    /// <param name="time">Another clock than the system's, for tests that move it.</param>
    public static WebApplication Build(string[] args, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCarriedSettings();
        builder.Services.AddSingleton(time ?? (NodesOptions.AreEnabled(builder.Configuration) ? new NodeClock() : TimeProvider.System));

        // Above files, environment and command line: what admins set while the server runs.
        var runtime = new RuntimeConfiguration();
        builder.Configuration.Sources.Add(runtime);
        builder.Services.AddSingleton(runtime);
        AddServices(builder);
        var start = StartRefusal.KeepToOneLine(builder.Logging);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(start.End);
        app.WarnOfPlainHttp();
        UsePipeline(app);
        return app;
    }

    public static async Task Run(WebApplication app)
    {
        // Before the host itself does it, which would log a bad setting with a stack trace.
        app.Services.GetService<IStartupValidator>()?.Validate();

        // Taking the folder's lock comes first: nothing is opened, and nothing migrated, beside a running server.
        _ = app.Services.GetRequiredService<DataFolder>();
        await app.Services.GetRequiredService<Schema>().Migrate(app.Lifetime.ApplicationStopping);
        await app.Services.GetRequiredService<SharedSecret>().Agree(app.Lifetime.ApplicationStopping);
        await app.RunAsync();
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var configuration = builder.Configuration;
        var certificate = OwnCertificate.From(configuration);
        if (certificate is not null)
        {
            // By a factory, so that the container disposes it.
            services.AddSingleton(_ => certificate).AddSingleton<ITlsCertificate>(provider => provider.GetRequiredService<OwnCertificate>());
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (certificate is not null)
            {
                kestrel.ConfigureHttpsDefaults(certificate.Configure);
            }

            // Over HTTP/2 browsers open WebSockets by an extended CONNECT (RFC 8441), which the sockets here do not take.
            kestrel.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });

        // The request log of the framework holds whole addresses, and an address may hold a socket's ticket or token.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Host.UseDefaultServiceProvider(o =>
        {
            o.ValidateScopes = true;

            // A test builds everything once; at each start it would cost a tenth of it.
            o.ValidateOnBuild = builder.Environment.IsDevelopment();
        });

        services.AddOptions<DataOptions>().Bind(configuration.GetSection(DataOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DatabaseOptions>().Bind(configuration.GetSection(DatabaseOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DataFolder>().AddSingleton<Database>().AddSingleton<WriteGate>().AddSingleton<IMeasured>(provider => provider.GetRequiredService<WriteGate>()).AddSingleton<Schema>().AddSingleton<ServerKeys>();
        services.AddSingleton<IMeasured, StorageFigures>();
        services.AddHostedService<Witness>();
        services.AddSingleton<DiskReserve>().AddHostedService(provider => provider.GetRequiredService<DiskReserve>());
        services.AddNodes(configuration);
        services.AddRealtime(configuration);
        services.ConfigureHttpJsonOptions(o => Json.Configure(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.Configure<RouteOptions>(o => o.SetParameterPolicy<IdConstraint>(IdConstraint.Name));
        services.AddSlices(Modules.All.Select(m => m.GetType().Assembly));
        services.AddScheduler(configuration);
        services.AddRequestLimits(configuration);
        builder.AddTelemetry();
        services.AddApiDescription();
        services.AddHealth();
        services.AddClientFiles();
        foreach (var module in Modules.All)
        {
            module.AddServices(services, configuration);
        }

        services.AddDraining();
        services.AddHostedService<SystemdNotices>();
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseForwardedHeaders();
        NamedRequests.Use(app);
        app.UseMiddleware<FailureMiddleware>();
        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.UseMiddleware<LeaseMiddleware>();
        app.UseMiddleware<MessageBoundaryMiddleware>();
        app.UseCors();
        app.UseMiddleware<StrictQueryMiddleware>();
        app.UseClientFiles();
        app.UseApiPage();
        app.UseRouting();
        app.UseClientPages();
        app.UseAuthentication();
        app.UseRequestLimits();
        app.UseAuthorization();
        app.MapApiDescription();
        app.MapHealth();
        app.MapMetrics();
        var api = app.MapGroup("/api/v1");
        var commands = app.Services.GetRequiredService<SocketCommands>();
        foreach (var module in Modules.All)
        {
            module.MapEndpoints(api);
            module.MapCommands(commands);
        }

        app.MapRealtime();
    }
}
