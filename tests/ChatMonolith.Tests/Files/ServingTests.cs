using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>Downloads: ranges and conditions to the byte, and nothing that somebody sent ever runs in a reader's browser.</summary>
public abstract class ServingTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer server) : ServingTests(server);

    public sealed class OnS3(S3Server server) : ServingTests(server);

    [Fact]
    public async Task A66_ranges_and_conditions_are_answered_to_the_byte()
    {
        await using var ann = await Server.Register("Ann");
        var bytes = FilePeople.Random(1_000);
        var id = (await ann.Store("x.bin", bytes)).Id();
        var (whole, _) = await ann.Http.Fetch($"files/{id}/content");
        var tag = whole.Ok(200).Header("ETag")!;
        (whole.Header("Accept-Ranges"), whole.Header("Content-Length"), whole.Header("Cache-Control")).ShouldBe(("bytes", "1000", "no-cache, private"));
        (string Range, int From, int To)[] ranges = [("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=990-", 990, 1000), ("bytes=990-5000", 990, 1000), ("bytes=-10", 990, 1000), ("bytes=-5000", 0, 1000), ("bytes=0-", 0, 1000)];
        foreach (var (range, from, to) in ranges)
        {
            var (part, some) = await ann.Http.Fetch($"files/{id}/content", ("Range", range));
            (part.Ok(206).Header("Content-Range"), some.Length).ShouldBe(($"bytes {from}-{to - 1}/1000", to - from), range);
            some.ShouldBe(bytes[from..to], range);
        }

        foreach (var range in (string[])["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=5000-6000"])
        {
            (await ann.Http.Fetch($"files/{id}/content", ("Range", range))).Answer.Fails(416, "range_not_satisfiable").Header("Content-Range").ShouldBe("bytes */1000");
        }

        foreach (var range in (string[])["bytes=5-2", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "bytes=" + string.Join(",", Enumerable.Range(0, 900).Select(i => $"0-{i}"))])
        {
            (await ann.Http.Fetch($"files/{id}/content", ("Range", range))).Bytes.ShouldBe(bytes, range.Length > 40 ? "900 ranges" : range);
        }

        (await ann.Http.Fetch($"files/{id}/content", ("Range", "bytes=0-1"), ("If-Range", tag))).Answer.Ok(206);
        (await ann.Http.Fetch($"files/{id}/content", ("Range", "bytes=0-1"), ("If-Range", "\"other\""))).Answer.Ok(200);
        (await ann.Http.Fetch($"files/{id}/content", ("Range", "bytes=0-1"), ("If-Range", "W/" + tag))).Answer.Ok(200);
        (await ann.Http.Fetch($"files/{id}/content", ("Range", "bytes=0-1"), ("If-Range", "Sat, 21 Nov 2026 10:00:00 GMT"))).Answer.Ok(200);
        (await ann.Http.Fetch($"files/{id}/content", ("If-None-Match", tag))).Answer.Status.ShouldBe(304);
        (await ann.Http.Fetch($"files/{id}/content", ("If-Match", "\"other\""))).Answer.Fails(412, "precondition_failed");
        (await ann.Http.Fetch($"files/{id}/content", ("If-Match", tag))).Answer.Ok(200);
        var head = (await ann.Http.Send(HttpMethod.Head, $"files/{id}/content")).Ok(200);
        (head.Header("Content-Length"), head.Header("ETag"), head.Text).ShouldBe(("1000", tag, ""));
    }

    [Fact]
    public async Task A57_A64_B29_nothing_that_was_sent_runs_in_a_readers_browser_by_any_route()
    {
        await using var ann = await Server.Register("Ann");
        var png = FilePeople.Png();
        (string Name, byte[] Bytes, string Type, bool Inline)[] files =
        [
            ("page.png", "<!DOCTYPE html><script>alert(1)</script>"u8.ToArray(), "text/html", false),
            ("page.txt", "\uFEFF  \n<HTML><body onload=alert(1)>"u8.ToArray(), "text/html", false),
            ("x.jpg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray(), "image/svg+xml", false),
            ("y.svg", "<?xml version='1.0'?><svg onload='alert(1)'/>"u8.ToArray(), "image/svg+xml", false),
            ("z.xml", "<?xml version='1.0'?><a/>"u8.ToArray(), "application/xml", false),
            ("p.txt", "%PDF-1.7 /JS (app.alert(1))"u8.ToArray(), "application/pdf", false),
            ("m.html", "MIME-Version: 1.0\r\nContent-Type: multipart/related"u8.ToArray(), "multipart/related", false),
            ("js.js", "alert(1)"u8.ToArray(), "text/plain", true),
            ("poly.html", [.. png, .. "<script>alert(1)</script>"u8], "image/png", true),
            ("gifar.gif", [.. "GIF89a"u8, .. new byte[10], .. "<script>"u8], "image/gif", true),
            ("pic.html", png, "image/png", true),
            ("raw", [0, 1, 2, 3], "application/octet-stream", false),
        ];
        foreach (var (name, bytes, type, inline) in files)
        {
            var file = await ann.Store(name, bytes);
            file.String("contentType").ShouldBe(type, name);
            foreach (var query in (string[])["", "?inline=1", "?download=0", "?contentType=text/html"])
            {
                var (answer, some) = await ann.Http.Fetch($"files/{file.Id()}/content{query}");
                some.ShouldBe(bytes);
                answer.Ok(200);
                answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
                answer.Header("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
                answer.Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");
                answer.Header("Content-Disposition")!.ShouldStartWith(inline ? "inline;" : "attachment;");
                answer.ContentType.ShouldBe(inline ? type == "text/plain" ? "text/plain; charset=utf-8" : type : "application/octet-stream", name);
            }
        }
    }

    [Fact]
    public async Task A61_A62_names_come_back_in_one_clean_header_and_name_nothing_on_the_server()
    {
        await using var ann = await Server.Register("Ann");
        (string Sent, string Kept)[] names =
        [
            ("plain.txt", "plain.txt"), ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("C:\\x\\CON", "CON"), ("a;b\"c.txt", "a;b\"c.txt"), ("%2e%2e%5cx", "%2e%2e%5cx"),
            ("\u202Egpj.exe", "gpj.exe"), ("日本語 🙂.txt", "日本語 🙂.txt"), ("e\u0301.txt", "e\u0301.txt"), ("..", "file"), ("   ", "file"), (new string('ä', 127), new string('ä', 127)),
        ];
        foreach (var (sent, kept) in names)
        {
            var upload = await ann.BeginUpload(1, ("filename", sent));
            (await ann.Append(upload, 0, [7])).Ok(204);
            (await ann.Http.Get($"files/{upload.UploadId()}")).Ok()["name"].GetString().ShouldBe(kept);
            var (answer, _) = await ann.Http.Fetch($"files/{upload.UploadId()}/content");
            answer.Headers["content-disposition"].Length.ShouldBe(1);
            var header = answer.Header("Content-Disposition")!;
            var parsed = System.Net.Http.Headers.ContentDispositionHeaderValue.Parse(header);
            (parsed.FileNameStar ?? parsed.FileName!.Trim('"')).ShouldBe(kept);
            header.ShouldAllBe(c => c >= ' ' && c < 127);
        }

        foreach (var bad in (string[])["a\r\nX: y", "a\0b", "tab\there", new string('x', 256), new string('ä', 128)])
        {
            (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", "1"), ("Upload-Metadata", FilePeople.Metadata(("filename", bad))))).Fails(400, "validation");
        }

        if (Engine is Engine.Sqlite && Directory.Exists(Path.Combine(Server.DataFolder, "blobs")))
        {
            foreach (var path in Directory.EnumerateFiles(Path.Combine(Server.DataFolder, "blobs"), "*", SearchOption.AllDirectories))
            {
                Guid.TryParseExact(Path.GetFileName(path), "N", out _).ShouldBeTrue(path);
                File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
    }

    [Fact]
    public async Task Downloads_are_counted_and_their_owner_sees_whose_they_were()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("work", "private", bob);
        var id = (await ann.Share(room, "a.txt", Encoding.UTF8.GetBytes("abc")))["file"].Id();
        await bob.Download(id);
        await bob.Download(id, ("Range", "bytes=1-"));
        (await bob.Http.Send(HttpMethod.Head, $"files/{id}/content")).Ok();
        await Deadline.Until(async () => (await ann.Http.Get($"files/{id}")).Ok()["downloadCount"].GetInt64() == 1, "the download to be counted");
        (await ann.Http.Get($"files/{id}/downloads")).Ok()["items"].EnumerateArray().Select(d => d.Id("userId")).ShouldBe([bob.Id]);
        (await bob.Http.Get($"files/{id}/downloads")).Fails(404, "not_found");
    }
}
