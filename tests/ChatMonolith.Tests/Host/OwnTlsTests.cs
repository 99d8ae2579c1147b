using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hosting;

/// <summary>The server's own TLS, without a proxy in front.</summary>
public sealed class OwnTlsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly int port = FreePorts.Next();

    public OwnTlsTests()
    {
        Directory.CreateDirectory(folder.Root);
        WriteCertificate("CN=first.test");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A46_A70_A104_its_own_certificate_serves_TLS_1_2_and_1_3_with_HSTS_on_every_answer_and_nothing_older()
    {
        await using var server = ChildProcess.Start("dotnet", [Repository.ServerBinary, "--urls", Address], Settings());
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=first.test" } }) { BaseAddress = new Uri(Address) };
        await Deadline.Until(async () => server.HasExited || await IsUp(http), "the server to serve", TimeSpan.FromSeconds(60));
        server.HasExited.ShouldBeFalse(server.Output);
        foreach (var path in (string[])["/", "/api/v1/config", "/api/v1/auth/me", "/api/v1/nothing", "/nothing.png"])
        {
            using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            answer.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000; includeSubDomains"], path);
        }

        foreach (var (protocol, taken) in Protocols)
        {
            (await Handshake(protocol)).ShouldBe(taken, protocol.ToString());
        }

        // Sockets over it; and what is spoken in clear there is no answer, and no way on to another address.
        using var ticketed = new System.Net.WebSockets.ClientWebSocket();
        ticketed.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=first.test";
        var refused = await Should.ThrowAsync<System.Net.WebSockets.WebSocketException>(() => ticketed.ConnectAsync(new Uri(Address.Replace("https", "wss", StringComparison.Ordinal) + "/ws?ticket=none"), TestContext.Current.CancellationToken));
        refused.Message.ShouldContain("401");
        using var clear = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => clear.GetAsync(new Uri(Address.Replace("https", "http", StringComparison.Ordinal)), TestContext.Current.CancellationToken));
        server.Output.ShouldNotContain("plain HTTP");
    }

    [Fact]
    public async Task A46_plain_HTTP_that_others_can_reach_is_warned_of_and_a_certificate_that_cannot_be_read_stops_the_start()
    {
        var settings = Settings();
        settings.Remove("Server__Certificate");
        settings.Remove("Server__CertificateKey");
        await using (var open = ChildProcess.Start("dotnet", [Repository.ServerBinary, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{port}")], settings))
        {
            await Deadline.Until(() => open.HasExited || open.Output.Contains("is plain HTTP and can be reached from other machines", StringComparison.Ordinal), "the warning", TimeSpan.FromSeconds(60));
            open.HasExited.ShouldBeFalse(open.Output);
        }

        settings["Server__Certificate"] = folder["none.pem"];
        await using var wrong = ChildProcess.Start("dotnet", [Repository.ServerBinary, "--urls", Address], settings);
        (await wrong.Exited()).ShouldBe(2);
        wrong.Output.ShouldContain("Server:Certificate");
        wrong.Output.Trim().Split('\n').Length.ShouldBe(1, "one line says what to mend");
    }

    private static IEnumerable<(SslProtocols Protocol, bool Taken)> Protocols =>
    [
#pragma warning disable SYSLIB0039, CA5397, CA5398 // Asked for to see that they are refused.
        (SslProtocols.Tls, false), (SslProtocols.Tls11, false), (SslProtocols.Tls12, true), (SslProtocols.Tls13, true),
#pragma warning restore SYSLIB0039, CA5397, CA5398
    ];

    private string Address => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");

    private static async Task<bool> IsUp(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<bool> Handshake(SslProtocols protocol)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
#pragma warning disable CA5359 // The name is a test's own.
        await using var ssl = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        try
        {
            await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "first.test", EnabledSslProtocols = protocol }, TestContext.Current.CancellationToken);
            return ssl.SslProtocol == protocol;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Dictionary<string, string> Settings() => new(StringComparer.Ordinal)
    {
        ["DOTNET_ENVIRONMENT"] = "Production", ["ASPNETCORE_ENVIRONMENT"] = "Production", ["Data__Directory"] = folder["data"],
        ["Server__Certificate"] = folder["certificate.pem"], ["Server__CertificateKey"] = folder["key.pem"],
    };

    private void WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(folder["certificate.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
    }
}
