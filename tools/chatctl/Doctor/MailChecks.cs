using System.Runtime.CompilerServices;
using ChatMonolith.Mail;
using ChatMonolith.Mail.Smtp;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>The mail server's greeting, TLS and login, as the server itself would do it; no letter is sent.</summary>
internal static class MailChecks
{
    private const string Check = "mail";

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        if (patient.Options<MailOptions>() is not { } options)
        {
            yield break;
        }

        if (!options.Works)
        {
            yield return Finding.Warning(Check, "No mail server is set: nobody can reset a password, and alerts go to the webhook alone.", "Set Mail:Host and Mail:Sender; docs/operations.md, \"Mail\".");
            yield break;
        }

        string? problem = null;
        try
        {
            await using var conversation = await SmtpConversation.Open(options, ct);
            await conversation.Quit(ct);
        }
        catch (SmtpFailure e)
        {
            problem = e.Message;
        }

        yield return problem is null
            ? Finding.Ok(Check, $"{options.Host}:{options.Port} greets{(options.Security is MailSecurity.None ? "" : ", speaks TLS with a certificate that holds")}{(options.Login.Length > 0 ? ", and takes the login" : "")}.")
            : Finding.Problem(Check, problem, "See Mail:Host, Port, Security, Login and CertificateAuthority, and whether a firewall is between.");
    }
}
