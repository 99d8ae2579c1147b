using System.ComponentModel.DataAnnotations;
using System.Net;
using ChatMonolith.Mail.Composing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Mail;

internal enum MailSecurity
{
    /// <summary>In clear, then upgraded; a server that does not offer it is not spoken to (RFC 3207, RFC 8314).</summary>
    StartTls,

    /// <summary>TLS from the first byte: port 465 (RFC 8314).</summary>
    Tls,

    /// <summary>In clear. On this machine only.</summary>
    None,
}

/// <summary>Section <c>Mail</c>: the server through which mail leaves. Without <see cref="Host"/> there is no mail.</summary>
internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>Empty: no mail.</summary>
    [StringLength(253)]
    public string Host { get; set; } = "";

    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    [EnumDataType(typeof(MailSecurity))]
    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>Empty: the mail server asks for no login.</summary>
    public string Login { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Whom mail comes from, such as <c>chat@example.org</c>.</summary>
    public string Sender { get; set; } = "";

    /// <summary>A file with the certificates (PEM) that sign the mail server's, in place of the system's: for a certificate authority of one's own.</summary>
    public string CertificateAuthority { get; set; } = "";

    /// <summary>How long the mail server may take for each answer.</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>The wait after a failure; it doubles with each further one, to an hour.</summary>
    [Range(1, 3600)]
    public int RetrySeconds { get; set; } = 15;

    /// <summary>A letter that could not be delivered for so long is given up.</summary>
    [Range(1, 336)]
    public int GiveUpHours { get; set; } = 48;

    /// <summary>The language of letters to people whose own is not known.</summary>
    [RegularExpression("^(en|de)$")]
    public string Language { get; set; } = "en";

    public bool Works => Host.Length > 0;
}

internal sealed class MailOptionsRules(IConfiguration configuration) : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (!options.Works)
        {
            return ValidateOptionsResult.Success;
        }

        var failures = new List<string>();
        if (!MailAddress.IsSafe(options.Sender))
        {
            failures.Add("Mail:Host is set, but Mail:Sender is no email address such as chat@example.org");
        }

        if (string.IsNullOrEmpty(configuration["Server:PublicUrl"]))
        {
            failures.Add("Mail:Host is set, but Server:PublicUrl is empty: letters carry links, and their address must not be what a request claims");
        }

        if (options.Security is MailSecurity.None && !IsThisMachine(options.Host))
        {
            failures.Add("Mail:Security is None, which is for a mail server on this machine only: use StartTls or Tls");
        }

        if (options.Login.Length > 0 && options.Security is MailSecurity.None)
        {
            failures.Add("Mail:Login is set, but a password is not sent in clear: set Mail:Security to StartTls or Tls");
        }

        if (options.CertificateAuthority.Length > 0 && !File.Exists(options.CertificateAuthority))
        {
            failures.Add($"Mail:CertificateAuthority names the file {options.CertificateAuthority}, which is not there");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
