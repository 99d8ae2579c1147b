using System.Globalization;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Mail;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts.Conditions;

/// <summary>A letter waits for too long, or many were given up within a day.</summary>
internal sealed class MailIsStuck(IMailState mail, IOptions<AlertsOptions> options, TimeProvider time) : ICondition
{
    private const long Day = 24L * 60 * 60 * 1000;

    public IReadOnlyList<string> Names { get; } = [AlertNames.MailStuck];

    public async Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct)
    {
        var now = time.Now();
        var standing = await mail.Read(now - Day, ct);
        var minutes = standing.OldestWaiting is { } oldest ? Math.Max(0, now - oldest) / 60_000 : 0;
        if (!standing.Works || (minutes < options.Value.MailMinutes && standing.GivenUp < options.Value.MailGivenUp))
        {
            return [];
        }

        return
        [
            Finding.Of(
                AlertNames.MailStuck,
                minutes >= options.Value.MailMinutes ? AlertLevel.Danger : AlertLevel.Warning,
                ("minutes", minutes.ToString(CultureInfo.InvariantCulture)),
                ("letters", standing.GivenUp.ToString(CultureInfo.InvariantCulture)),
                ("problem", standing.Problem ?? "")),
        ];
    }
}
