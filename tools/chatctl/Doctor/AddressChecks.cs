using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ChatMonolith.Admin.Alerts;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Host;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>How people reach the server: its public address, the proxy in front, and the certificate.</summary>
internal static class AddressChecks
{
    private const int DangerDays = 3;

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        var days = (patient.Options<AlertsOptions>() ?? new AlertsOptions()).CertificateDays;
        var hasOwn = !string.IsNullOrEmpty(patient.Configuration["Server:Certificate"]);
        if (hasOwn)
        {
            yield return Own(patient, days);
        }

        if (patient.Options<ServerOptions>() is not { } server)
        {
            yield break;
        }

        if (!Uri.TryCreate(server.PublicUrl, UriKind.Absolute, out var url))
        {
            yield return Finding.Warning("address", "Server:PublicUrl is not set.", "Set it to the address that people use, such as https://chat.example.org: links in letters, passkeys and the check of origins need it.");
            yield break;
        }

        var isHttps = url.Scheme == Uri.UriSchemeHttps;
        yield return isHttps ? Finding.Ok("address", $"The public address is {server.PublicUrl}.")
            : url.IsLoopback ? Finding.Warning("address", $"The public address is {server.PublicUrl}, which only this machine reaches.", "For others set an https address.")
            : Finding.Problem("address", $"The public address {server.PublicUrl} is plain HTTP: browsers keep no login there, and what people send can be read on the way.", "Put HTTPS in front (docs/operations.md has an nginx example), or set Server:Certificate.");
        yield return Proxies(server, hasOwn || !isHttps);
        if (isHttps && !hasOwn)
        {
            yield return await Public(url, days, ct);
        }
    }

    private static Finding Proxies(ServerOptions server, bool mayBeNone) =>
        server.TrustedProxies.Any(p => p.EndsWith("/0", StringComparison.Ordinal)) ? Finding.Problem("proxy", "Server:TrustedProxies takes everybody for a proxy: anybody can claim any address.", "Name the proxy's own address or network only.")
        : server.TrustedProxies.Length > 0 ? Finding.Ok("proxy", $"Trusted proxies: {string.Join(", ", server.TrustedProxies)}.")
        : mayBeNone ? Finding.Ok("proxy", "No proxy is trusted, and none is needed.")
        : Finding.Warning("proxy", "HTTPS is a proxy's, but Server:TrustedProxies is empty: all callers seem to come from the proxy, and share its limits.", "Set it to the proxy's address, such as Server__TrustedProxies__0=127.0.0.1.");

    private static Finding Own(Patient patient, int days)
    {
        try
        {
            using var own = OwnCertificate.From(patient.Configuration)!;
            return Judge("the server's certificate", own.EndsAt, days);
        }
        catch (StartRefusedException e)
        {
            return Finding.Problem("certificate", e.Message, "Put the PEM files there, readable by the server's user; the server does not start without.");
        }
    }

    /// <summary>As a browser would see it, if this machine can reach the public address.</summary>
    private static async Task<Finding> Public(Uri url, int days, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.DnsSafeHost, url.Port, limit.Token);
            var (ends, errors) = (DateTimeOffset.MinValue, SslPolicyErrors.None);
#pragma warning disable CA5359 // What is found is what is asked for, and told; nothing is sent over it.
            await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, found) =>
            {
                (ends, errors) = (certificate is X509Certificate2 known ? new DateTimeOffset(known.NotAfter) : DateTimeOffset.MinValue, found);
                return true;
            });
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.DnsSafeHost }, limit.Token);
            return errors is SslPolicyErrors.None ? Judge($"the certificate of {url.Authority}", ends, days)
                : Finding.Problem("certificate", $"The certificate of {url.Authority} does not hold on this machine ({errors}).", "Browsers will say the same, unless they know your own authority. Renew it, with its whole chain, for this name.");
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            return Finding.Warning("certificate", $"{url.Authority} could not be reached from here: {(e is OperationCanceledException ? "no answer within 5 s." : e.Message)}", "If people cannot reach it either, look at the proxy, the firewall and the name. From inside a network this may be in order.");
        }
    }

    private static Finding Judge(string what, DateTimeOffset ends, int bound)
    {
        var left = (ends - TimeProvider.System.GetUtcNow()).TotalDays;
        var text = string.Create(CultureInfo.InvariantCulture, $"The end of {what}: {ends.UtcDateTime:yyyy-MM-dd}, in {Math.Floor(left)} days.");
        return left < DangerDays ? Finding.Problem("certificate", text, "Renew it now.") : left < bound ? Finding.Warning("certificate", text, "Renew it; see why that did not happen by itself.") : Finding.Ok("certificate", text);
    }
}
