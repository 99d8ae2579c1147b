using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ChatMonolith.Mail.Composing;

namespace ChatMonolith.Mail.Smtp;

/// <summary>
/// One connection to the mail server, as a client that submits (RFC 6409): greeting, TLS, login, then one letter after the other. Nothing
/// but the greeting is said in clear unless the setting says so; a server that offers no TLS is left.
/// </summary>
internal sealed class SmtpConversation : IAsyncDisposable
{
    private readonly MailOptions options;
    private SmtpLines lines;
    private IReadOnlyList<string> offers = [];

    private SmtpConversation(MailOptions options, SmtpLines lines)
    {
        this.options = options;
        this.lines = lines;
    }

    private TimeSpan Patience => TimeSpan.FromSeconds(options.TimeoutSeconds);

    /// <exception cref="SmtpFailure">It is not to be reached, has no certificate that holds, or refuses the login. Never final: an operator mends it.</exception>
    public static async Task<SmtpConversation> Open(MailOptions options, CancellationToken ct)
    {
        var patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
        var conversation = new SmtpConversation(options, new SmtpLines(await Connect(options, patience, ct).ConfigureAwait(false), patience));
        try
        {
            await conversation.Begin(ct).ConfigureAwait(false);
            return conversation;
        }
        catch
        {
            await conversation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Hands over one message. When it returns, the server has taken the responsibility for it (RFC 5321, 4.2.5).</summary>
    /// <exception cref="SmtpFailure">It was not taken.</exception>
    public async Task Send(string from, string to, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        if (!MailAddress.IsSafe(from) || !MailAddress.IsSafe(to))
        {
            throw new ArgumentException("An address may not carry more than an address.", nameof(to));
        }

        try
        {
            await Ask($"MAIL FROM:<{from}>", ct).ConfigureAwait(false);
            await Ask($"RCPT TO:<{to}>", ct, mayBeFinal: true).ConfigureAwait(false);
            await Ask("DATA", ct, expected: 354, mayBeFinal: true).ConfigureAwait(false);
        }
        catch (SmtpFailure)
        {
            await Reset(ct).ConfigureAwait(false);
            throw;
        }

        // No line begins with a dot (MimeMessage sees to it), so the one that ends it is the only one.
        await lines.Write(message, ct).ConfigureAwait(false);
        await Ask(".", ct, mayBeFinal: true, told: "the message").ConfigureAwait(false);
    }

    /// <summary>Says good-bye, if it can.</summary>
    public async Task Quit(CancellationToken ct)
    {
        try
        {
            await lines.Write("QUIT", ct).ConfigureAwait(false);
            await lines.Read(ct).ConfigureAwait(false);
        }
        catch (SmtpFailure)
        {
            // What was sent is sent.
        }
    }

    public ValueTask DisposeAsync() => lines.DisposeAsync();

    private static async Task<Stream> Connect(MailOptions options, TimeSpan patience, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience);
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, timeout.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            socket.Dispose();
            throw new SmtpFailure($"The mail server {options.Host}:{options.Port} cannot be reached: {(e is SocketException s ? s.SocketErrorCode.ToString() : "no answer")}.", inner: e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task Begin(CancellationToken ct)
    {
        if (options.Security is MailSecurity.Tls)
        {
            await Encrypt(ct).ConfigureAwait(false);
        }

        var greeting = await lines.Read(ct).ConfigureAwait(false);
        if (greeting.Code != 220)
        {
            throw new SmtpFailure($"The mail server greets with {greeting}.");
        }

        await Hello(ct).ConfigureAwait(false);
        if (options.Security is MailSecurity.StartTls)
        {
            if (!offers.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
            {
                throw new SmtpFailure("The mail server does not offer STARTTLS.");
            }

            await Ask("STARTTLS", ct, expected: 220).ConfigureAwait(false);
            if (lines.HasMore)
            {
                // What somebody on the way put behind the reply would otherwise count as said under TLS (CVE-2011-0411).
                throw new SmtpFailure("The mail server said more than it was asked before TLS began.");
            }

            await Encrypt(ct).ConfigureAwait(false);
            await Hello(ct).ConfigureAwait(false);
        }

        if (options.Login.Length > 0)
        {
            await LogIn(ct).ConfigureAwait(false);
        }
    }

    private async Task Hello(CancellationToken ct) => offers = (await Ask("EHLO chat.localhost", ct).ConfigureAwait(false)).Lines;

    private async Task Encrypt(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(Patience);
        var encrypted = new SslStream(lines.Stream);
        lines = new SmtpLines(encrypted, Patience);
        try
        {
            await encrypted.AuthenticateAsClientAsync(Tls(), timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new SmtpFailure($"TLS with the mail server failed: {e.Message}", inner: e);
        }
    }

    private SslClientAuthenticationOptions Tls()
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.Host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (options.CertificateAuthority.Length > 0)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(options.CertificateAuthority);
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return tls;
    }

    /// <summary>RFC 4954: PLAIN, or the older LOGIN where a server knows nothing else.</summary>
    private async Task LogIn(CancellationToken ct)
    {
        var mechanisms = offers.FirstOrDefault(o => o.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.Split(' ') ?? [];
        if (mechanisms.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            await Ask("AUTH PLAIN " + Base64($"\0{options.Login}\0{options.Password}"), ct, expected: 235, told: "the login").ConfigureAwait(false);
        }
        else if (mechanisms.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            await Ask("AUTH LOGIN", ct, expected: 334).ConfigureAwait(false);
            await Ask(Base64(options.Login), ct, expected: 334, told: "the login").ConfigureAwait(false);
            await Ask(Base64(options.Password), ct, expected: 235, told: "the login").ConfigureAwait(false);
        }
        else
        {
            throw new SmtpFailure("The mail server offers no login that this server knows (PLAIN, LOGIN).");
        }
    }

    /// <param name="command">One line.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <param name="expected">The one code that is right; 0: any positive one.</param>
    /// <param name="mayBeFinal">A 5xx is about this letter, and not about how the two servers get on.</param>
    /// <param name="told">In place of the command, where that is nobody's business.</param>
    private async Task<SmtpReply> Ask(string command, CancellationToken ct, int expected = 0, bool mayBeFinal = false, string? told = null)
    {
        await lines.Write(command, ct).ConfigureAwait(false);
        var reply = await lines.Read(ct).ConfigureAwait(false);
        var right = expected == 0 ? reply.Code is >= 200 and < 300 : reply.Code == expected;
        return right ? reply : throw new SmtpFailure($"The mail server answered {told ?? command} with {reply}", mayBeFinal && reply.IsFinalRefusal);
    }

    private async Task Reset(CancellationToken ct)
    {
        try
        {
            await lines.Write("RSET", ct).ConfigureAwait(false);
            await lines.Read(ct).ConfigureAwait(false);
        }
        catch (SmtpFailure)
        {
            // The next command will find out.
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
