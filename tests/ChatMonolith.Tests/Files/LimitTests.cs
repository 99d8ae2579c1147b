using System.Globalization;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>Sizes, quotas and full disks, on servers of their own.</summary>
public class LimitTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A59_thirty_uploads_at_the_edge_of_the_quota_never_exceed_it_and_deletion_gives_it_back(Engine engine)
    {
        await using var server = await RunningServer.Start(engine, ("Files__QuotaBytes", "100000"), ("Files__QuotaFiles", "12"));
        await using var ann = await server.Register("Ann");
        var sent = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i => i % 2 == 0
            ? await ann.PostFile($"f{i}", new byte[15_000])
            : await ann.Tus(HttpMethod.Post, "uploads", new byte[15_000], ("Upload-Length", "15000"))));
        sent.Count(a => a.IsOk).ShouldBe(6);
        sent.Where(a => !a.IsOk).ShouldAllBe(a => a.Status == 413 && a.Code == "quota_exceeded");
        (await ann.Http.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(90_000);
        var files = (await ann.Http.Get("files")).Ok()["items"].EnumerateArray().Select(f => f.Id()).ToList();
        files.Count.ShouldBe(6);
        (await ann.Http.Post($"files/{files[0]}/versions", FilePeople.Form("v", new byte[15_000]))).Fails(413, "quota_exceeded");
        foreach (var file in files)
        {
            (await ann.Http.Delete($"files/{file}")).Ok(204);
        }

        (await ann.Http.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(0);
        var small = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ann.PostFile($"s{i}", [1])));
        small.Count(a => a.IsOk).ShouldBe(12);
        await NothingLeftBut(server, 12);
    }

    [Fact]
    public async Task A56_what_is_too_large_is_refused_before_its_body_and_a_body_that_grows_too_large_is_cut()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("Files__MaxFileBytes", "1000000"));
        await using var ann = await server.Register("Ann");
        (await ann.PostFile("large", new byte[1_000_001])).Fails(413, "too_large");
        (await ann.PostFile("right", new byte[1_000_000])).Ok(201);
        (await ann.Tus(HttpMethod.Post, "uploads", null, ("Upload-Length", "1000001"))).Fails(413, "too_large");
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", ann.AccessToken);
        client.DefaultRequestHeaders.ExpectContinue = true;
        var form = FilePeople.Form("huge", new byte[20_000_000]);
        (await Answer.Read(await client.PostAsync("/api/v1/files", form))).Fails(413, "too_large");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/v1/files") { Content = FilePeople.Form("grows", new byte[1_500_000]) };
        chunked.Headers.TransferEncodingChunked = true;
        (await Answer.Read(await client.SendAsync(chunked))).Fails(413, "too_large");
        await NothingLeftBut(server, 1);
    }

    [Fact]
    public async Task C2_a_full_disk_answers_507_leaves_nothing_half_and_all_goes_on_when_there_is_space()
    {
        using var mount = new TemporaryFolder();
        if (await Mount(mount.Root) is false)
        {
            Assert.Skip("This machine does not allow a small file system.");
        }

        try
        {
            await using var server = await RunningServer.Start(Engine.Sqlite, ("Storage__Directory", mount["blobs"]), ("Files__Thumbnails", "false"));
            await using var ann = await server.Register("Ann");
            var bytes = FilePeople.Random(10_000_000);
            var kept = new List<Guid>();
            Answer last;
            while ((last = await ann.PostFile("fill", bytes)).IsOk)
            {
                kept.Add(last["file"].Id());
                kept.Count.ShouldBeLessThan(10);
            }

            last.Fails(507, "insufficient_storage");
            var upload = await Deadline507(ann, bytes.Length);
            kept.Count.ShouldBeGreaterThan(1);
            foreach (var file in kept)
            {
                (await ann.Download(file)).ShouldBe(bytes);
            }

            var room = await ann.CreateRoom("still alive");
            (await ann.Http.Delete($"files/{kept[0]}")).Ok(204);
            (await ann.Http.Delete($"files/{kept[1]}")).Ok(204);
            await Deadline.Until(async () => (await ann.PostFile("again", bytes)).IsOk, "space to be free again", TimeSpan.FromSeconds(60));
            (await ann.Http.Get($"rooms/{room}")).Ok();
            upload.ShouldBeTrue();
        }
        finally
        {
            await ChildProcess.Run("umount", "-l", mount.Root);
        }
    }

    [Fact]
    public async Task B31_a_large_body_of_any_type_streams_through_flat_memory()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("DOTNET_GCgen0size", "2000000"));
        await using var ann = await server.Register("Ann");
        await ann.Store("warm", new byte[4_000_000]);
        var before = server.Process.ResidentBytes();
        var most = 0L;
        var bytes = new byte[100_000_000];
        var uploads = Enumerable.Range(0, 2).Select(i => ann.PostFile("big" + i.ToString(CultureInfo.InvariantCulture), bytes)).ToArray();
        while (!Task.WhenAll(uploads).IsCompleted)
        {
            most = Math.Max(most, server.Process.ResidentBytes());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        (await Task.WhenAll(uploads)).ShouldAllBe(a => a.IsOk);
        (most - before).ShouldBeLessThan(60_000_000);
        (await ann.Http.SendText(HttpMethod.Post, "files", "x", "application/xml")).Fails(415, "unsupported_media");
    }

    private static async Task<bool> Deadline507(Person ann, int length)
    {
        var begun = await ann.Tus(HttpMethod.Post, "uploads", new byte[length], ("Upload-Length", length.ToString(CultureInfo.InvariantCulture)));
        return begun.Status == 507;
    }

    private static async Task<bool> Mount(string folder)
    {
        try
        {
            await ChildProcess.Run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Task NothingLeftBut(RunningServer server, int files) =>
        Deadline.Until(
            () => Directory.EnumerateFiles(Path.Combine(server.DataFolder, "blobs"), "*", SearchOption.AllDirectories).Count() == files,
            $"the store to hold {files} blobs",
            TimeSpan.FromSeconds(60));
}
