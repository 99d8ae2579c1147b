using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts;

/// <summary>Section <c>Alerts</c>: what admins are told of without looking, and by which ways.</summary>
internal sealed class AlertsOptions
{
    public const string Section = "Alerts";
    public const int ShortestSecret = 16;

    /// <summary>Letters go out, where a mail server is set.</summary>
    public bool Mail { get; set; } = true;

    /// <summary>To whom, by commas; empty: every admin with a confirmed address.</summary>
    [StringLength(2000)]
    public string MailTo { get; set; } = "";

    /// <summary>An address that is told by POST; empty: none.</summary>
    [StringLength(2000)]
    public string Webhook { get; set; } = "";

    /// <summary>What those posts are signed with.</summary>
    [StringLength(200)]
    public string WebhookSecret { get; set; } = "";

    /// <summary>An alert that lasts is told again after so many hours; 0: once only.</summary>
    [Range(0, 720)]
    public int RepeatHours { get; set; } = 24;

    /// <summary>MiB free on the disk of the data folder.</summary>
    [Range(0, 1_073_741_824)]
    public int DiskMegaBytes { get; set; } = 5120;

    /// <summary>From here on it is an error, not a warning.</summary>
    [Range(0, 1_073_741_824)]
    public int DiskDangerMegaBytes { get; set; } = 1024;

    /// <summary>The share of requests that are answered with 500 or above.</summary>
    [Range(1, 100)]
    public int ErrorPercent { get; set; } = 5;

    /// <summary>Over so many minutes.</summary>
    [Range(1, 60)]
    public int ErrorMinutes { get; set; } = 5;

    /// <summary>Fewer than so many in that time are none: a share of few requests says nothing.</summary>
    [Range(1, 1_000_000)]
    public int ErrorsAtLeast { get; set; } = 10;

    /// <summary>A letter that waits for longer means that mail is stuck.</summary>
    [Range(1, 2_880)]
    public int MailMinutes { get; set; } = 60;

    /// <summary>So many letters that were given up within a day mean it too.</summary>
    [Range(1, 100_000)]
    public int MailGivenUp { get; set; } = 5;

    /// <summary>Before the end of the server's own certificate.</summary>
    [Range(1, 365)]
    public int CertificateDays { get; set; } = 14;

    /// <summary>How much later than its schedule promises a backup or a drill may end.</summary>
    [Range(1, 720)]
    public int BackupGraceHours { get; set; } = 6;

    public IReadOnlyList<string> Addresses => MailTo.Split([',', ';', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class AlertsOptionsRules(IConfiguration configuration) : IValidateOptions<AlertsOptions>
{
    private const int MostAddresses = 20;

    public ValidateOptionsResult Validate(string? name, AlertsOptions options)
    {
        var failures = new List<string>();
        var isPrivateAllowed = configuration.GetValue<bool>("Hooks:AllowPrivateAddresses");
        if (options.Webhook.Length > 0)
        {
            if (!Uri.TryCreate(options.Webhook, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || !(uri.Scheme == Uri.UriSchemeHttps || (isPrivateAllowed && uri.Scheme == Uri.UriSchemeHttp)))
            {
                failures.Add("Alerts:Webhook must be an https address on the public Internet; with Hooks:AllowPrivateAddresses also an http one, and one of your own network");
            }

            if (options.WebhookSecret.Length < AlertsOptions.ShortestSecret || !options.WebhookSecret.All(c => c is > ' ' and <= '~'))
            {
                failures.Add($"Alerts:Webhook is set, but Alerts:WebhookSecret is not: give it at least {AlertsOptions.ShortestSecret} random ASCII characters, by which the receiver knows who speaks");
            }
        }

        if (options.Addresses.Count > MostAddresses || options.Addresses.Any(a => !IsAddress(a)))
        {
            failures.Add($"Alerts:MailTo takes up to {MostAddresses} email addresses, parted by commas");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Roughly; the outbox takes it, or not, by its own rule.</summary>
    private static bool IsAddress(string text) => text.Length is > 2 and <= 254 && text.Count(c => c == '@') == 1 && text[0] != '@' && text[^1] != '@' && text.All(c => c is > ' ' and <= '~' and not ('<' or '>' or '"'));
}
