using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Messaging.Jobs;
using ChatMonolith.Messaging.Retaining;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Messaging;

/// <summary>What retention removes, what stays provable, and what clients are told. The server runs in this process, so that days pass at will.</summary>
public class RetentionTests
{
    private const long Everything = long.MaxValue;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Old_messages_leave_every_reader_and_the_digest_is_still_that_of_the_whole_history(Engine engine)
    {
        await using var world = await World.Start(engine);
        var (ann, room) = (world.Http, world.Room);
        var first = await world.Post("a", "the first, @all");
        var reply = (await ann.Post($"rooms/{room}/messages", new { clientId = "r", text = "in its thread", threadId = first })).Ok(201).Json.Id();
        for (var i = 0; i < 1_100; i++)
        {
            await world.Post($"c{i}", $"message {i}");
        }

        var before = (await ann.Get($"rooms/{room}")).Ok();
        var last = before["atSeq"].GetInt64();
        await world.Expire(Everything);
        var after = (await ann.Get($"rooms/{room}")).Ok();
        after["lastMessage"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await ann.Get($"rooms/{room}/messages")).Ok()["items"].GetArrayLength().ShouldBe(0);
        foreach (var path in new[] { $"messages/{first}", $"messages/{reply}", $"rooms/{room}/threads/{first}" })
        {
            (await ann.Get(path)).Fails(404, "not_found");
        }

        var events = (await ann.Get($"rooms/{room}/events?after=0")).Ok();
        var items = events["items"].EnumerateArray().ToArray();
        items[0].Type().ShouldBe("log.trimmed");
        items[0].Seq().ShouldBe(1);
        items[1..].ShouldAllBe(i => i.Type() == "messages.expired");
        items[^1].Number("upToSeq").ShouldBeGreaterThanOrEqualTo(last);
        Follow(room, events).ShouldBe(events["digest"].GetString());
        after["digest"].GetString().ShouldBe(events["digest"].GetString());

        // Somebody in the middle of what is gone gets the rest of it as one entry.
        var middle = (await ann.Get($"rooms/{room}/events?after=50")).Ok()["items"].EnumerateArray().ToArray();
        (middle[0].Type(), middle[0].Seq(), middle[1].Seq()).ShouldBe(("log.trimmed", 51, middle[0].Number("toSeq") + 1));

        // Compacting again what is compacted changes nothing that can be seen.
        var next = await world.Post("next", "goes on");
        next.ShouldNotBe(Guid.Empty);
        await world.Expire(0);
        (await ann.Get($"rooms/{room}/messages")).Ok()["items"].GetArrayLength().ShouldBe(1);
        var goesOn = (await ann.Get($"rooms/{room}/events?after=0")).Ok();
        Follow(room, goesOn).ShouldBe(goesOn["digest"].GetString());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_client_id_is_spent_for_ever(Engine engine)
    {
        await using var world = await World.Start(engine);
        var first = await world.Post("once", "text");
        await world.Expire(Everything);
        var repeat = (await world.Http.Post($"rooms/{world.Room}/messages", new { clientId = "once", text = "text" })).Ok(200);
        (repeat.Json.Id(), repeat["isDeleted"].GetBoolean(), repeat["text"].GetString()).ShouldBe((first, true, ""));
        (await world.Http.Post($"rooms/{world.Room}/messages", new { clientId = "once", text = "another" })).Fails(409, "conflict");
        await using var socket = await world.Connect(resume: false);
        (await socket.Do("message.send", new { roomId = world.Room, clientId = "once", text = "text" })).GetProperty("duplicate").GetBoolean().ShouldBeTrue();
        (await world.Http.Get($"rooms/{world.Room}/messages")).Ok()["items"].GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Open_sockets_hear_of_it_and_a_resume_over_it_goes_on_without_a_hole()
    {
        await using var world = await World.Start(Engine.Sqlite);
        await world.Post("a", "one");
        await world.Post("b", "two");
        var seen = (await world.Http.Get($"rooms/{world.Room}")).Ok()["atSeq"].GetInt64() - 1;
        await using var live = await world.Connect(resume: false);
        await world.Expire(Everything);
        var told = await live.WaitFor(f => f.Type() == "messages.expired", "the event");
        told.Number("upToSeq").ShouldBe(seen + 1);
        await world.Post("c", "three");
        await using var resuming = await world.Connect(resume: true);
        var answer = await resuming.Resume(0, new Dictionary<Guid, long> { [world.Room] = seen });
        answer.GetProperty("rooms").GetProperty(world.Room.ToString()).GetProperty("complete").GetBoolean().ShouldBeTrue();
        var replay = resuming.Frames.Where(f => f.IsOf(world.Room)).ToArray();
        replay.Select(f => f.Type()).ShouldBe(["log.trimmed", "messages.expired", "message.created"]);
        (replay[0].Seq(), replay[0].Number("toSeq"), replay[1].Seq()).ShouldBe((seen + 1, seen + 1, seen + 2));
    }

    [Fact]
    public async Task The_job_keeps_to_the_days_of_the_room_and_to_the_default_of_the_server()
    {
        await using var world = await World.Start(Engine.Sqlite, "--Rooms:DefaultRetentionDays=30");
        await world.Post("a", "old");
        (await world.Http.Patch($"rooms/{world.Room}", new { retentionDays = 2 })).Ok();
        (await Left(days: 1)).ShouldBe(1);
        (await Left(days: 3)).ShouldBe(0);
        await world.Post("b", "old again");
        (await world.Http.Patch($"rooms/{world.Room}", new { retentionDays = 0 })).Ok();
        (await Left(days: 29)).ShouldBe(1);
        (await Left(days: 31)).ShouldBe(0);

        async Task<int> Left(int days)
        {
            await using var scope = world.Services.CreateAsyncScope();
            var clock = new MovedClock();
            clock.Move(TimeSpan.FromDays(days));
            var job = ActivatorUtilities.CreateInstance<ExpireMessages>(scope.ServiceProvider, clock);
            await job.Execute(null!, CancellationToken.None);
            return (await world.Http.Get($"rooms/{world.Room}/messages")).Ok()["items"].GetArrayLength();
        }
    }

    /// <summary>The rule of the protocol's own program: the whole chain, or from where the log is compacted.</summary>
    private static string Follow(Guid room, Answer events)
    {
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(room.ToString()));
        var seq = 0L;
        foreach (var entry in events["items"].EnumerateArray())
        {
            entry.Seq().ShouldBe(seq + 1);
            if (entry.Type() == "log.trimmed")
            {
                (digest, seq) = (Convert.FromHexString(entry.Word("digest")), entry.Number("toSeq"));
                continue;
            }

            var members = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["at"] = entry.Word("at"), ["by"] = entry.Word("by"), ["roomId"] = room, ["seq"] = entry.Seq(), ["type"] = entry.Type(),
            };
            if ((entry.TryGetProperty("message", out var message) ? message.Id() : entry.Id("messageId")) is var id && id != Guid.Empty)
            {
                members["messageId"] = id;
            }

            if (entry.Id("userId") is var userId && userId != Guid.Empty)
            {
                members["userId"] = userId;
            }

            digest = SHA256.HashData([.. digest, .. JsonSerializer.SerializeToUtf8Bytes(members)]);
            seq = entry.Seq();
        }

        seq.ShouldBe(events["lastSeq"].GetInt64());
        return Convert.ToHexStringLower(digest.AsSpan(0, 16));
    }

    /// <summary>One person with one room on a server in this process.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly InProcess server;

        private World(InProcess server)
        {
            this.server = server;
            Http = new HttpCaller(server.Address);
        }

        public HttpCaller Http { get; }

        public IServiceProvider Services => server.Services;

        public Guid Room { get; private set; }

        public static async Task<World> Start(Engine engine, params string[] settings)
        {
            string[] database = engine is Engine.Sqlite
                ? []
                : ["--Database:Provider=PostgreSql", $"--ConnectionStrings:Default={await (await PostgresCluster.Shared).CreateDatabase()}"];
            var world = new World(await InProcess.Start([.. database, .. settings]));
            const string password = "long copper kettle 47";
            (await world.Http.Post("auth/register", new { username = "ann", email = "ann@example.org", password })).Ok(201);
            world.Http.AccessToken = (await world.Http.Post("auth/login", new { login = "ann", password })).Ok()["accessToken"].GetString();
            world.Room = (await world.Http.Post("rooms", new { type = "private", name = "short memory" })).Ok(201).Json.Id();
            return world;
        }

        public async Task<Guid> Post(string clientId, string text) => (await Http.Post($"rooms/{Room}/messages", new { clientId, text })).Ok(201).Json.Id();

        public Task Expire(long before) => Services.GetRequiredService<RoomExpiry>().Expire(Room, before, CancellationToken.None);

        public Task<LiveSocket> Connect(bool resume) => LiveSocket.Connect(server.Address, SocketCredentials.Bearer(Http.AccessToken!), resume);

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await server.DisposeAsync();
        }
    }
}
