using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Jobs;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Files;

/// <summary>What is over is over, for whoever comes after; and its bytes are gone. On a clock that is moved.</summary>
public class EndingTests
{
    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.PostgreSql, false)]
    [InlineData(Engine.Sqlite, true)]
    public async Task C18_a_transfer_ends_for_all_but_a_running_lease_and_its_bytes_go_with_the_last_one(Engine engine, bool onS3)
    {
        await using var world = await World.Start(engine, onS3);
        var ann = await world.Person("ann");
        var bytes = FilePeople.Random(10_000);
        var file = (await ann.Post("files", FilePeople.Form("x", bytes))).Ok(201)["file"].Id();
        var made = (await ann.Post("transfers", new { fileIds = new[] { file }, expiresInHours = 1 })).Ok(201);
        var (id, secret) = (made["transfer"].Id(), made["secret"].GetString());
        var leased = (await world.Anonymous.Post($"transfers/{id}/open", new { secret })).Ok()["downloadToken"].GetString()!;
        var idle = (await world.Anonymous.Post($"transfers/{id}/open", new { secret })).Ok()["downloadToken"].GetString()!;
        (await Fetch(leased, ("Range", "bytes=0-9"))).Bytes.ShouldBe(bytes[..10]);
        (await ann.Delete($"files/{file}")).Ok(204);
        await world.RunJobs();

        world.Clock.Move(TimeSpan.FromHours(2));
        await world.RunJobs();
        (await world.Anonymous.Post($"transfers/{id}/open", new { secret })).Fails(410, "gone");
        (await Fetch(idle)).Answer.Fails(410, "gone");
        (await Fetch(leased, ("Range", "bytes=10-"))).Bytes.ShouldBe(bytes[10..]);
        (await world.Blobs()).Count.ShouldBe(1);

        world.Clock.Move(TimeSpan.FromHours(23));
        await world.RunJobs();
        (await world.Blobs()).ShouldBeEmpty();
        (await Fetch(leased)).Answer.Status.ShouldBe(401);
        (await world.Anonymous.Post($"transfers/{id}/open", new { secret })).Fails(410, "gone");

        Task<(Answer Answer, byte[] Bytes)> Fetch(string token, params (string Name, string Value)[] headers) =>
            world.Anonymous.Fetch($"transfers/{id}/files/{file}/content", [("Authorization", "Transfer " + token), .. headers]);
    }

    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.PostgreSql, false)]
    [InlineData(Engine.Sqlite, true)]
    public async Task A111_bytes_go_when_no_file_message_version_or_transfer_needs_them(Engine engine, bool onS3)
    {
        await using var world = await World.Start(engine, onS3);
        var ann = await world.Person("ann");
        var room = (await ann.Post("rooms", new { type = "private", name = "r" })).Ok(201)["id"].GetGuid();
        var shared = (await ann.Post("files", FilePeople.Form("a.png", FilePeople.Png(), ("roomId", room.ToString()), ("clientId", "a")))).Ok(201);
        (await ann.Put($"files/{shared["file"].Id()}/thumbnail", new ByteArrayContent(FilePeople.Png()))).Ok();
        (await ann.Put($"files/{shared["file"].Id()}/thumbnail", new ByteArrayContent(Pictures.SamplePictures.Gif()))).Ok();
        (await ann.Post($"files/{shared["file"].Id()}/versions", FilePeople.Form("b", [1, 2, 3]))).Ok(201);
        await world.RunJobs();
        (await world.Blobs()).Count.ShouldBe(2);
        (await ann.Delete($"messages/{shared["message"].Id()}")).Ok(204);
        await world.RunJobs();
        (await world.Blobs()).ShouldBeEmpty();

        var kept = (await ann.Post("files", FilePeople.Form("kept", [1]))).Ok(201)["file"].Id();
        var transfer = (await ann.Post("transfers", new { fileIds = new[] { kept } })).Ok(201)["transfer"].Id();
        (await ann.Delete($"files/{kept}")).Ok(204);
        await world.RunJobs();
        (await world.Blobs()).Count.ShouldBe(1);
        (await ann.Delete($"transfers/{transfer}")).Ok(204);
        await world.RunJobs();
        (await world.Blobs()).ShouldBeEmpty();

        var upload = (await ann.Send(HttpMethod.Post, "uploads", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "100"))).Ok(201).Header("Location")!;
        var piece = new ByteArrayContent(new byte[50]);
        piece.Headers.ContentType = new("application/offset+octet-stream");
        (await ann.Send(HttpMethod.Patch, upload, piece, ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"))).Ok(204);
        (await world.Blobs()).Count.ShouldBe(1);
        world.Clock.Move(TimeSpan.FromHours(25));
        await world.RunJobs();
        (await world.Blobs()).ShouldBeEmpty();
        ann = await world.LogIn("ann");
        (await ann.Send(HttpMethod.Head, upload, null, ("Tus-Resumable", "1.0.0"))).Status.ShouldBe(404);
        (await ann.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(0);
    }

    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.PostgreSql, false)]
    [InlineData(Engine.Sqlite, true)]
    public async Task Bytes_without_a_row_are_swept_when_they_are_old_and_a_row_without_bytes_answers_file_missing(Engine engine, bool onS3)
    {
        await using var world = await World.Start(engine, onS3);
        var ann = await world.Person("ann");
        var file = (await ann.Post("files", FilePeople.Form("x", [1, 2, 3]))).Ok(201)["file"].Id();
        var store = world.Services.GetRequiredService<IBlobStore>();
        Guid[] strays = [Guid.NewGuid(), Guid.NewGuid()];
        await using (var finished = await store.Write(strays[0], 1, BlobState.None, default))
        {
            await finished.Write(new byte[] { 1 }, default);
            await finished.Finish(default);
        }

        // And what a file's own writing left, if the server ended between finishing it and clearing up.
        foreach (var id in (Guid[])[strays[1], (await world.Blobs()).Single(b => b != strays[0])])
        {
            await using var unfinished = await store.Write(id, 2, BlobState.None, default);
            await unfinished.Write(new byte[] { 1 }, default);
            await unfinished.Flush(default);
        }

        (await world.Sweep()).ShouldBe((0, 0));
        (await world.Blobs()).Count.ShouldBe(4);
        world.Clock.Move(TimeSpan.FromDays(2));
        (await world.Sweep()).ShouldBe((3, 0));
        var left = (await world.Blobs()).ShouldHaveSingleItem();
        await store.Remove(left, BlobState.None, default);
        (await world.Sweep()).ShouldBe((0, 1));
        ann = await world.LogIn("ann");
        (await ann.Get($"files/{file}/content")).Fails(410, "file_missing");
        (await ann.Send(HttpMethod.Head, $"files/{file}/content")).Status.ShouldBe(410);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A44_what_somebody_gave_out_ends_with_their_account(Engine engine)
    {
        await using var world = await World.Start(engine, onS3: false);
        var ann = await world.Person("ann");
        var file = (await ann.Post("files", FilePeople.Form("x", [1]))).Ok(201)["file"].Id();
        var made = (await ann.Post("transfers", new { fileIds = new[] { file } })).Ok(201);
        var (id, secret) = (made["transfer"].Id(), made["secret"].GetString());
        var token = (await world.Anonymous.Post($"transfers/{id}/open", new { secret })).Ok()["downloadToken"].GetString()!;
        await using (var scope = world.Services.CreateAsyncScope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<ChatMonolith.Auth.Persistence.AuthDb>();
            foreach (var account in await accounts.Accounts.ToListAsync(TestContext.Current.CancellationToken))
            {
                account.IsActive = false;
            }

            await accounts.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        (await world.Anonymous.Post($"transfers/{id}/open", new { secret })).Fails(410, "gone");
        (await world.Anonymous.Fetch($"transfers/{id}/files/{file}/content", ("Authorization", "Transfer " + token))).Answer.Fails(410, "gone");
    }

    [Fact]
    public async Task A_thumbnail_is_made_by_the_server_where_the_program_for_it_is_installed()
    {
        if (!File.Exists("/usr/bin/vipsthumbnail"))
        {
            Assert.Skip("vipsthumbnail is not installed.");
        }

        await using var server = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await server.Register("Ann");
        (await ann.Http.Get("files/usage")).Ok()["serverThumbnails"].GetBoolean().ShouldBeTrue();
        var file = await ann.Store("large.png", Pictures.SamplePictures.Png(120, 90, ("tEXt", "GPS 48.2")));
        file.GetProperty("hasThumbnail").GetBoolean().ShouldBeTrue();
        var (answer, bytes) = await ann.Http.Fetch($"files/{file.Id()}/thumbnail");
        answer.Ok().ContentType.ShouldBe("image/webp");
        bytes.Length.ShouldBeLessThan(200_000);
        System.Text.Encoding.Latin1.GetString(bytes).ShouldNotContain("GPS");

        // A60: a header that claims a giant is not decoded at all, and the file is kept as it is.
        var giant = await ann.Store("giant.png", Pictures.SamplePictures.Png(30_000, 30_000));
        giant.GetProperty("hasThumbnail").GetBoolean().ShouldBeFalse();
        Directory.Exists(Path.Combine(server.DataFolder, "thumbnails")).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(Path.Combine(server.DataFolder, "thumbnails")).ShouldBeEmpty();
    }

    /// <summary>A server in this process, on a clock that can be moved.</summary>
    internal sealed class World : IAsyncDisposable
    {
        private readonly InProcess server;
        private readonly S3Store? s3;
        private readonly string? database;

        private World(InProcess server, MovedClock clock, S3Store? s3, string? database) => (this.server, Clock, this.s3, this.database) = (server, clock, s3, database);

        public MovedClock Clock { get; }

        public IServiceProvider Services => server.Services;

        public HttpCaller Anonymous => new(server.Address);

        public static async Task<World> Start(Engine engine, bool onS3)
        {
            var clock = new MovedClock();
            var store = onS3 ? await S3Store.Start() : null;
            var postgres = engine is Engine.PostgreSql ? await (await PostgresCluster.Shared).CreateDatabase() : null;
            string[] settings =
            [
                $"--Database:Provider={engine}", $"--ConnectionStrings:Default={postgres}", "--Files:Thumbnails=false", .. (store?.Settings ?? []).Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}"),
            ];
            return new World(await InProcess.Start(clock, settings), clock, store, postgres);
        }

        public async Task<HttpCaller> Person(string name)
        {
            await server.Register(name);
            return await LogIn(name);
        }

        public async Task<HttpCaller> LogIn(string name)
        {
            var http = new HttpCaller(server.Address);
            http.AccessToken = (await http.Post("auth/login", new { login = name, password = "a long enough phrase" })).Ok()["accessToken"].GetString();
            return http;
        }

        public async Task RunJobs()
        {
            await using var scope = Services.CreateAsyncScope();
            await ActivatorUtilities.CreateInstance<RemoveBytes>(scope.ServiceProvider).Run(default);
        }

        public async Task<(int Removed, int Missing)> Sweep()
        {
            await using var scope = Services.CreateAsyncScope();
            return await ActivatorUtilities.CreateInstance<SweepOrphans>(scope.ServiceProvider).Run(default);
        }

        public async Task<List<Guid>> Blobs()
        {
            var found = new List<Guid>();
            await foreach (var blob in Services.GetRequiredService<IBlobStore>().List(default))
            {
                found.Add(blob.Id);
            }

            return found;
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            if (s3 is not null)
            {
                await s3.DisposeAsync();
            }

            if (database is not null)
            {
                await (await PostgresCluster.Shared).DropDatabase(database);
            }
        }
    }
}
