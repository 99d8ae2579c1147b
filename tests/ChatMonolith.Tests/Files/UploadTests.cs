using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>Resumable uploads, spoken by hand: tus 1.0.0 to the letter, and every wrong word refused.</summary>
public abstract class UploadTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer server) : UploadTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : UploadTests(server);

    public sealed class OnS3(S3Server server) : UploadTests(server);

    [Fact]
    public async Task The_server_says_what_it_takes_to_anybody()
    {
        var options = (await Server.Anonymous.Send(HttpMethod.Options, "uploads")).Ok(204);
        options.Header("Tus-Version").ShouldBe("1.0.0");
        options.Header("Tus-Extension")!.Split(',').ShouldBe(["creation", "creation-with-upload", "termination", "checksum", "expiration"], ignoreOrder: true);
        options.Header("Tus-Checksum-Algorithm").ShouldBe("sha256");
        long.Parse(options.Header("Tus-Max-Size")!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(1_000_000_000);
        (await Server.Anonymous.Send(HttpMethod.Post, "uploads", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "1"))).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task An_upload_in_pieces_becomes_a_message_with_its_last_byte()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("work", "private", bob);
        await bob.Connect();
        var bytes = FilePeople.Random(11_000_000);
        var upload = await ann.BeginUpload(bytes.Length, ("filename", "Übung.bin"), ("filetype", "text/html"), ("roomId", room.ToString()), ("clientId", "tus"));
        var offset = 0;
        foreach (var length in (int[])[1, 5_500_000, 100_000, 0, 5_399_998, 1])
        {
            (await ann.Offset(upload)).ShouldBe(offset);
            (await ann.Http.Get(upload)).Ok()["isComplete"].GetBoolean().ShouldBeFalse();
            var appended = (await ann.Append(upload, offset, bytes[offset..(offset + length)])).Ok(204);
            offset += length;
            appended.Header("Upload-Offset").ShouldBe(offset.ToString(CultureInfo.InvariantCulture));
        }

        offset.ShouldBe(bytes.Length);
        var done = (await ann.Http.Get(upload)).Ok();
        done["isComplete"].GetBoolean().ShouldBeTrue();
        done["file"].Id().ShouldBe(upload.UploadId());
        (done["file"].String("sha256"), done["file"].String("name"), done["file"].String("contentType")).ShouldBe((FilePeople.Sha256(bytes), "Übung.bin", "application/octet-stream"));
        var frame = await bob.Live.WaitFor(f => f.Type() == "message.created", "the file's message");
        frame.GetProperty("message").Id().ShouldBe(done["messageId"].GetGuid());
        (await bob.Download(upload.UploadId())).ShouldBe(bytes);
        (await ann.Offset(upload)).ShouldBe(bytes.Length);
        (await ann.Append(upload, bytes.Length, [])).Ok(204);
        (await ann.Append(upload, bytes.Length, [1])).Fails(413, "too_large");
        (await ann.Tus(HttpMethod.Delete, upload)).Fails(404, "not_found");

        // The same again, under the same client id: one message.
        var second = await ann.BeginUpload(bytes.Length, ("filename", "Übung.bin"), ("roomId", room.ToString()), ("clientId", "tus"));
        (await ann.Append(second, 0, bytes)).Ok(204);
        (await ann.Http.Get(second)).Ok()["file"].Id().ShouldBe(upload.UploadId());
        (await bob.History(room)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Creation_may_bring_the_first_bytes_or_all_of_them_and_an_empty_file_is_one()
    {
        await using var ann = await Server.Register("Ann");
        var whole = (await ann.Tus(HttpMethod.Post, "uploads", "hello"u8.ToArray(), ("Upload-Length", "5"), ("Upload-Metadata", FilePeople.Metadata(("filename", "h.txt"))))).Ok(201);
        whole.Header("Upload-Offset").ShouldBe("5");
        (await ann.Download(whole.Header("Location")!.UploadId())).ShouldBe("hello"u8.ToArray());
        var part = (await ann.Tus(HttpMethod.Post, "uploads", "hel"u8.ToArray(), ("Upload-Length", "5"))).Ok(201);
        part.Header("Upload-Offset").ShouldBe("3");
        part.Header("Upload-Expires").ShouldNotBeNull();
        (await ann.Append(part.Header("Location")!, 3, "lo"u8.ToArray())).Ok(204);
        (await ann.Download(part.Header("Location")!.UploadId())).ShouldBe("hello"u8.ToArray());
        var empty = (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", "0"))).Ok(201).Header("Location")!;
        (await ann.Download(empty.UploadId())).ShouldBeEmpty();
        (await ann.Http.Get($"files/{empty.UploadId()}")).Ok()["name"].GetString().ShouldBe("file");
    }

    [Fact]
    public async Task Bytes_with_a_checksum_are_kept_whole_or_not_at_all()
    {
        await using var ann = await Server.Register("Ann");
        var bytes = FilePeople.Random(6_000_000);
        var upload = await ann.BeginUpload(bytes.Length);
        (await ann.Append(upload, 0, bytes[..100], ("Upload-Checksum", Sum(bytes[..100])))).Ok(204);
        (await ann.Append(upload, 100, bytes[100..], ("Upload-Checksum", Sum(bytes[..100])))).Fails(460, "checksum_mismatch");
        (await ann.Offset(upload)).ShouldBe(100);
        (await ann.Append(upload, 100, bytes[100..], ("Upload-Checksum", "md5 AAAA"))).Fails(400, "validation");
        (await ann.Append(upload, 100, bytes[100..200], ("Upload-Checksum", "sha256 AAAA"))).Fails(400, "validation");
        (await ann.Append(upload, 100, bytes[100..], ("Upload-Checksum", Sum(bytes[100..])))).Ok(204);
        (await ann.Http.Get($"files/{upload.UploadId()}")).Ok()["sha256"].GetString().ShouldBe(FilePeople.Sha256(bytes));

        static string Sum(byte[] some) => "sha256 " + Convert.ToBase64String(SHA256.HashData(some));
    }

    [Fact]
    public async Task B24_wrong_words_are_refused_and_leave_nothing()
    {
        await using var ann = await Server.Register("Ann");
        foreach (var length in (string[])["-1", "+5", "0x10", "1e3", "", "9223372036854775808", "99999999999999999999", "5, 5"])
        {
            (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", length))).Fails(400, "validation");
        }

        (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", "9223372036854775807"))).Fails(413, "too_large");
        (await ann.Tus(HttpMethod.Post, "uploads")).Fails(400, "validation");
        (await ann.Http.Send(HttpMethod.Post, "uploads", null, ("Upload-Length", "1"))).Fails(412, "precondition_failed").Header("Tus-Version").ShouldBe("1.0.0");
        (await ann.Http.Send(HttpMethod.Post, "uploads", null, ("Upload-Length", "1"), ("Tus-Resumable", "0.2.2"))).Fails(412, "precondition_failed");
        foreach (var metadata in (string[])["filename ???", "filename YQ==,filename YQ==", "filename " + Convert.ToBase64String([0xFF, 0xFE]), "filename " + Convert.ToBase64String("a\nb"u8), "filename " + Convert.ToBase64String(new byte[300].Select(_ => (byte)'x').ToArray())])
        {
            (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", "1"), ("Upload-Metadata", metadata))).Fails(400, "validation");
        }

        (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", "1"), ("Upload-Metadata", FilePeople.Metadata(("roomId", Guid.CreateVersion7().ToString()), ("clientId", "c"))))).Fails(404, "not_found");
        (await ann.Http.Get("files/usage")).Ok()["files"].GetInt64().ShouldBe(0);

        var upload = await ann.BeginUpload(10);
        (await ann.Append(upload, 5, [1])).Fails(409, "conflict");
        (await ann.Append(upload, 0, new byte[11])).Fails(413, "too_large");
        (await ann.Tus(HttpMethod.Patch, upload, [1], ("Upload-Offset", "-1"))).Fails(400, "validation");
        (await ann.Tus(HttpMethod.Patch, upload, [1])).Fails(400, "validation");
        (await ann.Http.Send(HttpMethod.Patch, upload, new ByteArrayContent([1]), ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"))).Fails(415, "unsupported_media");
        (await ann.Tus(HttpMethod.Post, upload, [1], ("Upload-Offset", "0"))).Fails(405, "method_not_allowed");
        (await ann.Offset(upload)).ShouldBe(0);

        // A body without a length that is longer than was said.
        var chunked = new StreamContent(new EndlessStream(20));
        chunked.Headers.ContentType = new("application/offset+octet-stream");
        (await ann.Http.Send(HttpMethod.Patch, upload, chunked, ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"), ("Transfer-Encoding", "chunked"))).Fails(413, "too_large");
        (await ann.Offset(upload)).ShouldBe(0);
        (await ann.Tus(HttpMethod.Post, upload, null, ("X-HTTP-Method-Override", "DELETE"))).Ok(204);
        (await ann.Tus(HttpMethod.Head, upload)).Status.ShouldBe(404);
        (await ann.Http.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task What_arrived_before_a_cut_is_kept_and_the_next_request_need_not_wait_for_the_old_one_to_be_noticed()
    {
        await using var ann = await Server.Register("Ann");
        var bytes = FilePeople.Random(3_000_000);
        var upload = await ann.BeginUpload(bytes.Length);
        using var hanging = new HttpClient { BaseAddress = Server.Address };
        var (offset, stuck) = (0L, new List<(Task<HttpResponseMessage> Answer, PausedStream Body)>());

        // The old request still hangs there; its sender asks where it stands, and goes on. To ask ends it: where it had got nothing yet, another hangs.
        await Deadline.Until(
            async () =>
            {
                var body = new PausedStream(bytes, 1_000_000);
                stuck.Add((hanging.SendAsync(Patch(body)), body));
                await body.Paused.Within("a million bytes to be sent");
                return (offset = await ann.Offset(upload)) > 0;
            },
            "some bytes to be durable");
        offset.ShouldBeLessThanOrEqualTo(1_000_000);

        // One that hangs may have been slower to get there than the one that goes on, which ends for it and goes on again, as every client does.
        await Deadline.Until(
            async () =>
            {
                var went = await ann.Append(upload, offset, bytes[(int)offset..]);
                if (went.Status != 409)
                {
                    return went.Ok(204).IsOk;
                }

                offset = await ann.Offset(upload);
                return false;
            },
            "the upload to go on");
        (await ann.Http.Get($"files/{upload.UploadId()}")).Ok()["sha256"].GetString().ShouldBe(FilePeople.Sha256(bytes));
        foreach (var (answer, body) in stuck)
        {
            body.Release();
            await Should.ThrowAsync<Exception>(async () => (await answer).EnsureSuccessStatusCode());
        }

        HttpRequestMessage Patch(Stream body)
        {
            var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = new StreamContent(body) };
            request.Content.Headers.ContentType = new("application/offset+octet-stream");
            request.Content.Headers.ContentLength = bytes.Length;
            request.Headers.Authorization = new("Bearer", ann.AccessToken);
            request.Headers.Add("Tus-Resumable", "1.0.0");
            request.Headers.Add("Upload-Offset", "0");
            return request;
        }
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused_and_leaves_nothing()
    {
        await using var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("work");
        (await ann.Http.SendText(HttpMethod.Post, "files", "{}")).Fails(415, "unsupported_media");
        (await ann.Http.Post("files", new MultipartFormDataContent { { new StringContent("x"), "roomId" } })).Fails(400, "validation");
        (await ann.Http.SendText(HttpMethod.Post, "files", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nabc", "multipart/form-data; boundary=b")).Fails(400, "validation");
        var two = FilePeople.Form("a", [1]);
        two.Add(new ByteArrayContent([2]), "file", "b");
        (await ann.Http.Post("files", two)).Fails(400, "validation");
        (await ann.PostFile("x", [1], ("roomId", room.ToString()))).Fails(400, "validation");
        (await ann.PostFile("x", [1], ("roomId", room.ToString()), ("clientId", new string('c', 65)))).Fails(400, "validation");
        (await ann.PostFile("x", [1], ("roomId", "nonsense"), ("clientId", "c"))).Fails(404, "not_found");
        (await ann.PostFile("x", [1], ("roomId", room.ToString()), ("recipientId", "bob"), ("clientId", "c"))).Fails(400, "validation");
        (await ann.Http.Get("files/usage")).Ok()["files"].GetInt64().ShouldBe(0);
        (await ann.Http.Get("files")).Ok()["items"].ValueKind.ShouldBe(JsonValueKind.Array);
    }

    /// <summary>Some bytes without a length that a client could announce.</summary>
    private sealed class EndlessStream(int count) : Stream
    {
        private int left = count;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(left, count);
            left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Bytes of which the rest does not come until it is let.</summary>
    private sealed class PausedStream(byte[] bytes, int pauseAt) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource paused = new();
        private readonly TaskCompletionSource released = new();

        public Task Paused => paused.Task;

        public void Release() => released.TrySetResult();

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var all = ToArray();
            await destination.WriteAsync(all.AsMemory(0, pauseAt), cancellationToken);
            await destination.FlushAsync(cancellationToken);
            paused.TrySetResult();
            await released.Task;
            await destination.WriteAsync(all.AsMemory(pauseAt), cancellationToken);
        }
    }
}
