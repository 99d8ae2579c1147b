using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatMonolith.Host;
using ChatMonolith.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.Tests.Hosting;

/// <summary>The web client's files: one version at a time, named by what is in it.</summary>
public abstract partial class ClientFilesTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task The_page_names_its_files_by_one_version_and_they_may_be_kept_for_ever()
    {
        var page = (await Server.Anonymous.Get("/")).Ok(200);
        page.Header("cache-control").ShouldBe("no-cache");
        var addresses = Addresses().Matches(page.Text).Select(m => m.Groups["path"].Value).ToArray();
        addresses.Length.ShouldBeGreaterThan(40);
        var version = addresses.Select(a => a.Split('/')[2]).Distinct().ShouldHaveSingleItem();
        version.Length.ShouldBe(16);
        foreach (var address in addresses)
        {
            var file = (await Server.Anonymous.Get(address)).Ok(200);
            file.Header("cache-control").ShouldBe("public, max-age=31536000, immutable");
            file.ContentType.ShouldBe(address.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8");
        }
    }

    [Fact]
    public async Task Of_another_version_there_is_nothing()
    {
        var version = await Version();
        (await Server.Anonymous.Get($"/v/{version}/app.js")).Ok(200);
        foreach (var path in new[] { "/v/0123456789abcdef/app.js", $"/v/{version}/none.js", $"/v/{version}/../appsettings.json", $"/v/{version}/%2e%2e/appsettings.json", $"/v/{version}/index.html", "/v/", "/v" })
        {
            (await Server.Anonymous.Get(path)).Status.ShouldBe(404, path);
        }
    }

    [Fact]
    public async Task The_service_worker_knows_the_digest_of_every_file()
    {
        var worker = (await Server.Anonymous.Get("/sw.js")).Ok(200);
        worker.Header("cache-control").ShouldBe("no-cache");
        worker.ContentType.ShouldBe("text/javascript; charset=utf-8");
        var line = worker.Text.Split('\n')[0];
        var build = JsonSerializer.Deserialize<JsonElement>(line["self.BUILD = ".Length..^1]);
        build.GetProperty("version").GetString().ShouldBe(await Version());
        build.GetProperty("shell").GetString().ShouldBe(Digest((await Server.Anonymous.Get("/")).Text));
        build.GetProperty("server").EnumerateArray().Select(s => s.GetString()).ShouldContain("/api");
        foreach (var name in new[] { "app.js", "styles/tokens.css", "manifest.webmanifest" })
        {
            build.GetProperty("files").GetProperty(name).GetString().ShouldBe(Digest((await Server.Anonymous.Get($"/v/{await Version()}/{name}")).Text));
        }

        build.GetProperty("files").EnumerateObject().ShouldNotContain(f => f.Name.EndsWith(".gz", StringComparison.Ordinal) || f.Name.EndsWith(".br", StringComparison.Ordinal), "what a build lays beside them");
        build.GetProperty("files").TryGetProperty("sw.js", out _).ShouldBeFalse();
        build.GetProperty("files").TryGetProperty("index.html", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("identity", null)]
    public async Task Files_travel_in_the_form_that_the_browser_takes(string accepted, string? form)
    {
        var answer = (await Server.Anonymous.Send(HttpMethod.Get, $"/v/{await Version()}/app.js", null, ("Accept-Encoding", accepted))).Ok(200);
        answer.Header("content-encoding").ShouldBe(form);
        answer.Header("vary").ShouldBe("Accept-Encoding");
        var again = await Server.Anonymous.Send(HttpMethod.Get, $"/v/{await Version()}/app.js", null, ("Accept-Encoding", accepted), ("If-None-Match", answer.Header("etag")!));
        again.Status.ShouldBe((int)HttpStatusCode.NotModified);
        again.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task HEAD_tells_the_length_and_sends_nothing()
    {
        var head = (await Server.Anonymous.Send(HttpMethod.Head, $"/v/{await Version()}/app.js")).Ok(200);
        head.Text.ShouldBeEmpty();
        int.Parse(head.Header("content-length")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task What_is_named_without_a_version_is_asked_for_again_each_time()
    {
        foreach (var path in new[] { "/favicon.svg", "/manifest.webmanifest", "/icons/192.png", "/icons/maskable-512.png" })
        {
            (await Server.Anonymous.Get(path)).Ok(200).Header("cache-control").ShouldBe("no-cache", path);
        }
    }

    private async Task<string> Version() => Addresses().Match((await Server.Anonymous.Get("/")).Text).Groups["path"].Value.Split('/')[2];

    private static string Digest(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("(href|src)=\"(?<path>/v/[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Addresses();

    public sealed class OnSqlite(SqliteServer server) : ClientFilesTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : ClientFilesTests(server);
}

/// <summary>How a version gets its name.</summary>
public sealed class ClientVersionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ClientVersionTests()
    {
        Directory.CreateDirectory(folder["core"]);
        Write("index.html", "<script type=\"module\" src=\"/app.js\"></script><link rel=\"icon\" href=\"/icon.svg\"><a href=\"https://example.org/x.js\">");
        Write("local.html", "<script type=\"module\" src=\"/app.js\"></script>");
        Write("transfer.html", "<script type=\"module\" src=\"/app.js\"></script>");
        Write("app.js", "import './core/a.js';");
        Write("core/a.js", "1");
        Write("icon.svg", "<svg/>");
        Write("sw.js", "// worker");
    }

    [Fact]
    public void The_same_files_have_the_same_name_and_any_change_another()
    {
        var first = Read();
        Read().Version.ShouldBe(first.Version);
        var names = new HashSet<string> { first.Version };
        foreach (var file in new[] { "index.html", "local.html", "transfer.html", "app.js", "core/a.js", "icon.svg", "sw.js" })
        {
            Write(file, File.ReadAllText(folder[file]) + " ");
            names.Add(Read().Version).ShouldBeTrue(file);
        }

        File.Move(folder["core/a.js"], folder["core/b.js"]);
        names.Add(Read().Version).ShouldBeTrue("another name of a file");
        names.Add(Read("other headers").Version).ShouldBeTrue("other headers");
    }

    [Fact]
    public void A_version_stays_what_it_is_while_files_are_replaced()
    {
        var assets = Read();
        Write("app.js", "something else");
        assets.Find("app.js").ShouldNotBeNull();
        assets.Find("core/none.js").ShouldBeNull();
        assets.Find("index.html").ShouldBeNull();
        assets.Find("sw.js").ShouldBeNull();
        Read().Version.ShouldNotBe(assets.Version);
    }

    [Fact]
    public async Task Compressed_forms_that_a_build_lays_beside_are_no_files_of_the_client_and_are_sent_if_they_are_of_what_lies_there()
    {
        var plain = Read();
        foreach (var file in new[] { "app.js", "core/a.js", "index.html", "sw.js" })
        {
            Write(file + ".gz", "not looked at");
            File.WriteAllBytes(folder[file + ".br"], Compressed(File.ReadAllText(folder[file])));
        }

        File.WriteAllBytes(folder["core/a.js.br"], Compressed("an older a"));
        var assets = Read();
        assets.Version.ShouldBe(plain.Version);
        assets.Find("app.js.br").ShouldBeNull();
        assets.Find("app.js.gz").ShouldBeNull();
        (await Sent(assets, "app.js")).ShouldBe(File.ReadAllBytes(folder["app.js.br"]));
        Plain(await Sent(assets, "core/a.js")).ShouldBe("1");
    }

    public void Dispose() => folder.Dispose();

    private static async Task<byte[]> Sent(ClientAssets assets, string path)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        context.Request.Method = "GET";
        context.Request.Headers.AcceptEncoding = "br";
        await assets.Find(path)!.Send(context, "no-cache");
        return body.ToArray();
    }

    /// <summary>With a quality that the server itself does not use.</summary>
    private static byte[] Compressed(string text)
    {
        var buffer = new byte[1024];
        BrotliEncoder.TryCompress(Encoding.UTF8.GetBytes(text), buffer, out var length, quality: 0, window: 10).ShouldBeTrue();
        return buffer[..length];
    }

    private static string Plain(byte[] compressed)
    {
        var buffer = new byte[1024];
        BrotliDecoder.TryDecompress(compressed, buffer, out var length).ShouldBeTrue();
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private ClientAssets Read(string headers = "headers") => ClientAssets.Read(new Microsoft.Extensions.FileProviders.PhysicalFileProvider(folder.Root), headers, ["/api"]);

    private void Write(string file, string text) => File.WriteAllText(folder[file], text);
}
