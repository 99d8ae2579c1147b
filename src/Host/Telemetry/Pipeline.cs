using System.Diagnostics.Metrics;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Telemetry;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ChatMonolith.Host.Telemetry;

/// <summary>
/// Collects figures from the moment the server is ready, so that no start waits for it: the server's own, the web server's, the runtime's
/// and the PostgreSQL driver's. They are read at <c>/metrics</c>, and sent by OTLP, with traces, where a receiver is set.
/// </summary>
internal sealed class Pipeline(IEnumerable<IMeasured> measured, IMeterFactory meters, IOptions<TelemetryOptions> options, IConfiguration configuration, IHostApplicationLifetime lifetime)
    : AfterStart(lifetime)
{
    public const string MeterName = "ChatMonolith";
    private static readonly string[] Sources = [MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql"];
    private readonly Lock collecting = new();
    private readonly PrometheusText text = new();
    private BaseExportingMetricReader? reader;
    private MeterProvider? figures;
    private TracerProvider? traces;

    /// <summary>All figures as they are now; null while the server is still starting.</summary>
    public string? Read()
    {
        lock (collecting)
        {
            return reader?.Collect() is true ? text.Text : null;
        }
    }

    protected override Task Begin(CancellationToken stoppingToken)
    {
        var meter = meters.Create(MeterName);
        foreach (var owner in measured)
        {
            owner.Measure(meter);
        }

        lock (collecting)
        {
            Collect();
        }

        if (options.Value.Sends)
        {
            Trace();
        }

        return Task.CompletedTask;
    }

    public override void Dispose()
    {
        lock (collecting)
        {
            reader = null;
            figures?.Dispose();
            traces?.Dispose();
        }

        base.Dispose();
    }

    private void Collect()
    {
        var collected = new BaseExportingMetricReader(text) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource()).AddMeter(Sources).AddReader(collected);
        if (options.Value.Sends)
        {
            builder.AddOtlpExporter((otlp, periodic) =>
            {
                Configure(otlp, "v1/metrics");
                periodic.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Value.OtlpSeconds * 1000;
            });
        }

        figures = builder.Build();
        reader = collected;
    }

    private void Trace() =>
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddSource("Microsoft.AspNetCore", "Npgsql", MeterName)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Value.TraceShare)))
            .AddProcessor(new WithoutSecrets())
            .AddOtlpExporter(otlp => Configure(otlp, "v1/traces"))
            .Build();

    private ResourceBuilder Resource() =>
        ResourceBuilder.CreateEmpty().AddService("chatmonolith", serviceVersion: Product.Version, serviceInstanceId: configuration["Server:Name"] ?? MeterName);

    private void Configure(OtlpExporterOptions otlp, string path)
    {
        var overHttp = options.Value.OtlpProtocol is OtlpProtocol.HttpProtobuf;
        otlp.Protocol = overHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;

        // An endpoint that is set in code is taken as it is, with no path of the signal's added.
        otlp.Endpoint = overHttp ? new Uri(options.Value.OtlpEndpoint.TrimEnd('/') + "/" + path) : new Uri(options.Value.OtlpEndpoint);
        otlp.Headers = options.Value.OtlpHeaders;
    }
}
