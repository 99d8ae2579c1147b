using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>The limits of section <c>Rooms</c>, and that a bad one stops the start.</summary>
public class RoomsOptionsTests
{
    [Theory]
    [InlineData("Rooms__MaxMembersPerAdd", "201", "MaxMembersPerAdd")]
    [InlineData("Rooms__MaxRoomsPerUser", "0", "MaxRoomsPerUser")]
    [InlineData("Rooms__MaxInvitesPerRoom", "many", "MaxInvitesPerRoom")]
    public async Task A_bad_limit_stops_the_start_and_is_named(string key, string value, string named)
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite, (key, value));
        var process = server.Launch();
        (await process.Exited()).ShouldBe(2);
        process.Output.ShouldContain(named);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Nobody_is_in_more_rooms_and_no_room_has_more_invitations_than_the_limits_say(Engine engine)
    {
        await using var server = await RunningServer.Start(engine, ("Rooms__MaxRoomsPerUser", "3"), ("Rooms__MaxInvitesPerRoom", "2"), ("Rooms__MaxMembersPerAdd", "2"));
        await using var ann = await server.Register("Ann");
        await using var bob = await server.Register("Bob");

        // general is the first.
        var room = await ann.CreateRoom("two", "public");
        await ann.DirectRoomWith(bob);
        (await ann.Http.Post("rooms", new { type = "private", name = "four" })).Fails(409, "conflict");
        var bobs = await bob.CreateRoom("three", "public");
        (await ann.Http.Post($"rooms/{bobs}/join")).Fails(409, "conflict");
        (await bob.Http.Post($"rooms/{bobs}/members", new { userIds = new[] { ann.Id } })).Fails(409, "conflict");
        var code = (await bob.Http.Post($"rooms/{bobs}/invites", new { maxUses = 1 })).Ok(201)["code"].GetString();
        (await ann.Http.Post("invites/accept", new { code })).Fails(409, "conflict");
        (await bob.Http.Get($"rooms/{bobs}/invites")).Ok()["items"][0].GetProperty("uses").GetInt32().ShouldBe(0, "a refused guest takes no use");
        (await ann.Http.Post($"rooms/{room}/members", new { userIds = Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7()) })).Fails(400, "validation");
        (await ann.Http.Post($"rooms/{room}/invites")).Ok(201);
        var last = (await ann.Http.Post($"rooms/{room}/invites")).Ok(201)["id"].GetGuid();
        (await ann.Http.Post($"rooms/{room}/invites")).Fails(409, "conflict");
        (await ann.Http.Delete($"rooms/{room}/invites/{last}")).Ok(204);
        (await ann.Http.Post($"rooms/{room}/invites")).Ok(201);
    }
}
