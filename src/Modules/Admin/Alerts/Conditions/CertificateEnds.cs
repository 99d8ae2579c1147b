using System.Globalization;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts.Conditions;

/// <summary>The certificate that the server itself serves with; a proxy's is the proxy's matter.</summary>
internal sealed class CertificateEnds(IEnumerable<ITlsCertificate> certificates, IOptions<AlertsOptions> options, TimeProvider time) : ICondition
{
    private const int DangerDays = 3;

    public IReadOnlyList<string> Names { get; } = [AlertNames.Certificate];

    public Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct)
    {
        IReadOnlyList<Finding> found = [];
        if (certificates.FirstOrDefault()?.EndsAt is { } end)
        {
            var days = Math.Floor((end - time.GetUtcNow()).TotalDays);
            if (days < options.Value.CertificateDays)
            {
                found = [Finding.Of(AlertNames.Certificate, days < DangerDays ? AlertLevel.Danger : AlertLevel.Warning, ("days", Math.Max(0, days).ToString(CultureInfo.InvariantCulture)), ("until", Clock.Format(end.ToUnixTimeMilliseconds())))];
            }
        }

        return Task.FromResult(found);
    }
}
