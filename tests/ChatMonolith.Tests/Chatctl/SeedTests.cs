using System.Text.Json;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>A seeded database is one that the server could have written: the contract's promises hold on it.</summary>
public class SeedTests
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_seeded_server_serves_logs_that_are_dense_with_digests_that_agree(Engine engine)
    {
        await using var server = await RunningServer.Prepare(engine);
        var run = (await ChatctlRun.On(server, "", "seed", "--users", "12", "--rooms", "2,1", "--members", "3,6", "--messages", "500")).Succeeds();
        var people = run.Lines.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        people.Length.ShouldBe(12);
        await server.Restart();

        foreach (var person in people)
        {
            using var http = new HttpCaller(server.Address) { AccessToken = person.GetProperty("accessToken").GetString() };
            var rooms = (await http.Get("rooms")).Ok(200)["items"].EnumerateArray().ToArray();
            rooms.Length.ShouldBe(2);
            foreach (var room in rooms)
            {
                await IsWhole(http, room);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_was_seeded_goes_on_live_and_knows_its_repeats(Engine engine)
    {
        await using var server = await RunningServer.Prepare(engine);
        var run = (await ChatctlRun.On(server, "", "seed", "--users", "2", "--members", "2", "--messages", "10")).Succeeds();
        var people = run.Lines.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).ToDictionary(p => p.GetProperty("userId").GetGuid());
        await server.Restart();

        var room = people.Values.First().GetProperty("rooms")[0].GetGuid();
        using var http = new HttpCaller(server.Address) { AccessToken = people.Values.First().GetProperty("accessToken").GetString() };
        var last = (await http.Get($"rooms/{room}/messages?limit=1")).Ok(200)["items"][0];
        last.Seq().ShouldBe(12);
        http.AccessToken = people[last.GetProperty("senderId").GetGuid()].GetProperty("accessToken").GetString();
        var repeat = (await http.Post($"rooms/{room}/messages", new { clientId = last.Word("clientId"), text = last.Text() })).Ok(200);
        repeat["seq"].GetInt64().ShouldBe(12);
        (await http.Post($"rooms/{room}/messages", new { clientId = last.Word("clientId"), text = "another" })).Fails(409, "conflict");

        await using var live = await LiveSocket.Connect(server.Address, SocketCredentials.Bearer(http.AccessToken!));
        (await live.Do("message.send", new { roomId = room, clientId = "new", text = "on it goes" })).Seq().ShouldBe(13);
    }

    [Fact]
    public async Task A_database_that_holds_anything_is_refused()
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.On(server, "", "seed", "--users", "1", "--rooms", "0")).Succeeds();
        (await ChatctlRun.On(server, "", "seed", "--users", "1", "--rooms", "0")).Refuses("not empty");
        (await ChatctlRun.On(server, "", "seed", "--users", "1", "--members", "2")).Refuses("--users");
    }

    private static async Task IsWhole(HttpCaller http, JsonElement room)
    {
        var id = room.Id();
        var digest = LogDigest.Start(id);
        var count = 0;
        var entries = (await http.Get($"rooms/{id}/events?after=0&limit=1000")).Ok(200)["items"].EnumerateArray().Select(LogLine.From).ToArray();
        foreach (var entry in entries)
        {
            entry.Seq.ShouldBe(++count);
            digest = LogDigest.Next(digest, entry);
        }

        room.GetProperty("lastSeq").GetInt64().ShouldBe(count);
        room.GetProperty("unreadCount").GetInt32().ShouldBe(0);
        room.Word("digest").ShouldBe(LogDigest.Show(digest));
        entries.Count(e => e.Type == "member.joined").ShouldBe(room.GetProperty("memberCount").GetInt32());
    }
}
