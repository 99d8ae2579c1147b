using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Host.Telemetry;

/// <summary>Section <c>Telemetry</c>: who may read the figures, and where they are sent.</summary>
internal sealed class TelemetryOptions : IValidatableObject
{
    public const string Section = "Telemetry";
    public const int ShortestToken = 16;

    /// <summary>What a scraper sends as <c>Authorization: Bearer …</c>; empty: <c>/metrics</c> answers this machine only.</summary>
    public string MetricsToken { get; set; } = "";

    /// <summary>An OTLP receiver such as <c>http://localhost:4318</c>; empty: nothing is sent anywhere.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>How it is spoken to.</summary>
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.HttpProtobuf;

    /// <summary>Headers for it, such as <c>Authorization=Bearer …</c>, several by commas.</summary>
    public string OtlpHeaders { get; set; } = "";

    /// <summary>How often figures are sent.</summary>
    [Range(1, 3600)]
    public int OtlpSeconds { get; set; } = 60;

    /// <summary>The share of requests that are traced, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 0.1;

    /// <summary><c>Text</c> for people, <c>Json</c> for a log store: one object a line, with trace ids.</summary>
    public LogFormat LogFormat { get; set; } = LogFormat.Text;

    public bool Sends => OtlpEndpoint.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MetricsToken.Length is > 0 and < ShortestToken)
        {
            yield return new ValidationResult($"Telemetry:MetricsToken has {MetricsToken.Length} characters; give it at least {ShortestToken} random ones.", [nameof(MetricsToken)]);
        }

        if (Sends && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new ValidationResult($"Telemetry:OtlpEndpoint is \"{OtlpEndpoint}\"; it must be an http or https address such as http://localhost:4318.", [nameof(OtlpEndpoint)]);
        }
    }
}

internal enum OtlpProtocol
{
    HttpProtobuf,
    Grpc,
}

internal enum LogFormat
{
    Text,
    Json,
}
