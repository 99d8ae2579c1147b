using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Deploying;

/// <summary>
/// The real nginx and Caddy with the very files of deploy/, in which nothing but ports, paths and (for Caddy) the certificate differ:
/// what a person does reaches the server through them, and who they are is told by the proxy alone.
/// </summary>
public sealed class ProxyTests(ProxyTests.Behind behind) : IClassFixture<ProxyTests.Behind>
{
    private const string Host = "chat.example.org";
    private const string Password = "long copper kettle 47";
    private const int UploadBytes = 20 << 20;

    [Fact]
    public Task Everything_passes_nginx_as_deploy_has_it() => Passes(async (folder, backend, tls, clear) =>
    {
        var text = await Of("nginx/chatmonolith.conf");
        text = Replaced(text, "127.0.0.1:5080", $"127.0.0.1:{backend}");
        text = Replaced(text, "listen 443 ssl http2", $"listen 127.0.0.1:{tls} ssl http2");
        text = Replaced(text, "listen 80", $"listen 127.0.0.1:{clear}");
        text = Replaced(text, "/etc/ssl/", folder.Root + "/");
        text = Replaced(text, "/var/log/nginx/", folder.Root + "/");
        await File.WriteAllTextAsync(folder["site.conf"], text);
        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(n => $"{n}_temp_path {folder[n]};\n"));
        var user = Environment.UserName == "root" ? "user root;" : "";
        await File.WriteAllTextAsync(folder["nginx.conf"], $"{user}\ndaemon off;\npid {folder["pid"]};\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}include {folder["site.conf"]};\n}}\n");
        return ChildProcess.Start(File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx", ["-c", folder["nginx.conf"], "-p", folder.Root, "-e", "stderr"]);
    });

    [Fact]
    public Task Everything_passes_Caddy_as_deploy_has_it() => Passes(async (folder, backend, tls, clear) =>
    {
        var text = await Of("caddy/Caddyfile");
        text = Replaced(text, "127.0.0.1:5080", $"127.0.0.1:{backend}");
        text = Replaced(text, $"\n{Host} {{", $"\n{Host} {{\n\ttls {folder["chat.pem"]} {folder["chat.key"]}\n\tbind 127.0.0.1");
        text = Replaced(text, $"\nhttp://{Host} {{", $"\nhttp://{Host} {{\n\tbind 127.0.0.1");
        await File.WriteAllTextAsync(folder["Caddyfile"], string.Create(CultureInfo.InvariantCulture, $"{{\n\tadmin off\n\thttp_port {clear}\n\thttps_port {tls}\n\tauto_https disable_redirects\n\tstorage file_system {folder["state"]}\n}}\n{text}"));
        return ChildProcess.Start("caddy", ["run", "--config", folder["Caddyfile"], "--adapter", "caddyfile"], new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = folder.Root });
    });

    private async Task Passes(Func<TemporaryFolder, int, int, int, Task<ChildProcess>> startProxy)
    {
        var server = behind.Server;
        using var folder = new TemporaryFolder();
        await MakeCertificate(folder);
        var (tls, clear) = (FreePorts.Next(), FreePorts.Next());
        await using var proxy = await startProxy(folder, server.Port, tls, clear);
        using var handler = Handler(IPAddress.Loopback, tls);
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://{Host}") };
        await Deadline.Until(async () => proxy.HasExited ? throw new InvalidOperationException(proxy.Output) : await Answers(http), "the proxy to answer; it wrote: " + proxy.Output);

        // A person logs in, with headers by which they would like to be somebody else.
        using var login = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/login") { Content = JsonContent.Create(new { login = "ann", password = Password, cookie = true }) };
        login.Headers.Add("Origin", $"https://{Host}");
        login.Headers.Add("X-Forwarded-For", "203.0.113.9");
        login.Headers.Add("X-Forwarded-Host", "evil.example");
        using var loggedIn = await http.SendAsync(login);
        loggedIn.StatusCode.ShouldBe(HttpStatusCode.OK, await loggedIn.Content.ReadAsStringAsync());
        loggedIn.Headers.GetValues("Strict-Transport-Security").ShouldHaveSingleItem().ShouldContain("max-age=31536000");
        var cookies = loggedIn.Headers.GetValues("Set-Cookie").ToArray();
        cookies.ShouldNotBeEmpty();
        cookies.ShouldAllBe(c => c.StartsWith("__Host-", StringComparison.Ordinal) && c.Contains("secure", StringComparison.OrdinalIgnoreCase) && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        var token = JsonDocument.Parse(await loggedIn.Content.ReadAsStringAsync()).RootElement.GetProperty("accessToken").GetString()!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        // The server saw the proxy's client, and not who they said they were.
        var sessions = await http.GetFromJsonAsync<JsonElement>("/api/v1/auth/sessions");
        sessions.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("ip").GetString()).ShouldNotContain("203.0.113.9");

        // Another address of this machine is another client.
        using var elsewhere = Handler(IPAddress.Parse("127.0.0.77"), tls);
        using var there = new HttpClient(elsewhere) { BaseAddress = http.BaseAddress };
        (await there.PostAsJsonAsync("/api/v1/auth/login", new { login = "ann", password = Password })).StatusCode.ShouldBe(HttpStatusCode.OK);
        sessions = await http.GetFromJsonAsync<JsonElement>("/api/v1/auth/sessions");
        sessions.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("ip").GetString()).ShouldContain("127.0.0.77");

        await TalksLive(http, handler, token);
        await CarriesFiles(http);

        // In clear nothing of the API, and everything else is sent to HTTPS.
        using var plain = new HttpClient(Handler(IPAddress.Loopback, clear)) { BaseAddress = new Uri($"http://{Host}") };
        (await plain.GetAsync(new Uri("/api/v1/config", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await plain.GetAsync(new Uri("/rooms", UriKind.Relative))).Headers.Location.ShouldBe(new Uri($"https://{Host}/rooms"));
    }

    private static async Task TalksLive(HttpClient http, SocketsHttpHandler handler, string token)
    {
        var room = (await http.GetFromJsonAsync<JsonElement>("/api/v1/rooms")).GetProperty("items")[0].GetProperty("id").GetGuid();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        using var deadline = new CancellationTokenSource(Deadline.Usual);
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new Uri($"wss://{Host}/ws"), invoker, deadline.Token);
        var heard = new StringBuilder();
        var buffer = new byte[16 * 1024];

        // A socket hears what comes after its hello, not what came after its handshake.
        await Hear("hello");
        (await http.PostAsJsonAsync($"/api/v1/rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "through the proxy" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await Hear("through the proxy");

        async Task Hear(string text)
        {
            while (!heard.ToString().Contains(text, StringComparison.Ordinal))
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), deadline.Token);
                heard.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
            }
        }
    }

    private static async Task CarriesFiles(HttpClient http)
    {
        var bytes = RandomNumberGenerator.GetBytes(UploadBytes);
        using var create = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Length", bytes.Length.ToString(CultureInfo.InvariantCulture));
        create.Headers.Add("Upload-Metadata", FilePeople.Metadata(("filename", "large.bin")));
        using var created = await http.SendAsync(create);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var location = created.Headers.Location!;
        using var patch = new HttpRequestMessage(HttpMethod.Patch, location.IsAbsoluteUri ? location.PathAndQuery : location.ToString()) { Content = new ByteArrayContent(bytes) };
        patch.Headers.Add("Tus-Resumable", "1.0.0");
        patch.Headers.Add("Upload-Offset", "0");
        patch.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        using var sent = await http.SendAsync(patch);
        sent.StatusCode.ShouldBe(HttpStatusCode.NoContent, await sent.Content.ReadAsStringAsync());
        var file = (await http.GetFromJsonAsync<JsonElement>("/api/v1/files?box=mine")).GetProperty("items")[0].GetProperty("id").GetGuid();
        using var range = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{file}/content");
        range.Headers.Range = new RangeHeaderValue(UploadBytes - 5000, UploadBytes - 1);
        using var part = await http.SendAsync(range);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[^5000..]);
    }

    /// <summary>Connects to the proxy wherever the name would lead, from an address of its own.</summary>
    private static SocketsHttpHandler Handler(IPAddress from, int port) => new()
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == $"CN={Host}" },
        ConnectCallback = async (_, ct) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    };

    private static async Task<bool> Answers(HttpClient http)
    {
        try
        {
            return (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task MakeCertificate(TemporaryFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(folder["chat.pem"], certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(folder["chat.key"], key.ExportPkcs8PrivateKeyPem());
    }

    private static Task<string> Of(string file) => File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", file));

    /// <summary>A text that is no longer in the file would silently leave the test without its meaning.</summary>
    private static string Replaced(string text, string what, string with)
    {
        text.ShouldContain(what);
        return text.Replace(what, with, StringComparison.Ordinal);
    }

    /// <summary>One server for both, with its only account. Its patience is not what is looked at here.</summary>
    public sealed class Behind : IAsyncLifetime
    {
        public RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await RunningServer.Start(Engine.Sqlite, ("Server__PublicUrl", $"https://{Host}"), ("Server__TrustedProxies__0", "127.0.0.1"), ("Database__BusyTimeoutSeconds", "60"));
            (await Server.Anonymous.Post("auth/register", new { email = "ann@example.org", username = "ann", password = Password })).Ok(201);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
