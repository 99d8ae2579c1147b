using System.ComponentModel.DataAnnotations;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ChatMonolith.Host;

/// <summary>Section <c>Server</c>, its part about TLS: for a server without a proxy in front.</summary>
internal sealed class TlsOptions
{
    public const string Section = "Server";

    /// <summary>A file in PEM: the certificate and those that vouch for it. Empty: TLS is a proxy's.</summary>
    [StringLength(1000)]
    public string Certificate { get; set; } = "";

    /// <summary>The key's file in PEM; empty when it stands in <see cref="Certificate"/>.</summary>
    [StringLength(1000)]
    public string CertificateKey { get; set; } = "";
}

/// <summary>
/// The server's own certificate, read anew when its file has changed, so that a renewal needs no restart. TLS 1.2 and 1.3 alone, whatever
/// the system would allow.
/// </summary>
internal sealed class OwnCertificate(string file, string keyFile) : ITlsCertificate, IDisposable
{
    private const long LooksAfterMs = 60_000;
    private readonly Lock gate = new();
    private SslCertificate? current;
    private long lookedAt;

    public DateTimeOffset EndsAt => new(Now().Certificate.NotAfter);

    /// <summary>Before anything listens: what cannot be read stops the start with one line.</summary>
    /// <exception cref="StartRefusedException">There is no such file, or no certificate with its key in it.</exception>
    public static OwnCertificate? From(IConfiguration configuration)
    {
        var options = configuration.GetSection(TlsOptions.Section).Get<TlsOptions>() ?? new TlsOptions();
        if (options.Certificate.Length == 0)
        {
            return null;
        }

        var own = new OwnCertificate(options.Certificate, options.CertificateKey.Length > 0 ? options.CertificateKey : options.Certificate);
        try
        {
            own.current = own.Read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartRefusedException($"Server:Certificate is \"{options.Certificate}\", and no certificate with its key can be read there: {e.Message}", e);
        }

        return own;
    }

    public void Configure(HttpsConnectionAdapterOptions https)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;

        // It wants one from the start; which one counts is decided at each handshake.
        https.ServerCertificate = current!.Certificate;
        https.OnAuthenticate = (_, ssl) => ssl.ServerCertificateContext = Now().Context;
    }

    public void Dispose() => current?.Certificate.Dispose();

    private SslCertificate Now()
    {
        lock (gate)
        {
            var now = Environment.TickCount64;
            if (now - lookedAt >= LooksAfterMs)
            {
                lookedAt = now;
                try
                {
                    if (File.GetLastWriteTimeUtc(file) != current!.WrittenAt)
                    {
                        // The one before may still be in use by a handshake; the collector has it then.
                        current = Read();
                    }
                }
                catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
                {
                    // Half written by whoever renews it: the one before serves until the next look.
                }
            }

            return current!;
        }
    }

    private SslCertificate Read()
    {
        var writtenAt = File.GetLastWriteTimeUtc(file);
        var certificate = X509Certificate2.CreateFromPemFile(file, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return new SslCertificate(certificate, System.Net.Security.SslStreamCertificateContext.Create(certificate, chain, offline: true), writtenAt);
    }

    private sealed record SslCertificate(X509Certificate2 Certificate, System.Net.Security.SslStreamCertificateContext Context, DateTime WrittenAt);
}
