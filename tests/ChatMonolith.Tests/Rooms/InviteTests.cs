using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>Invitations by link.</summary>
public abstract class InviteTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task An_invitation_leads_into_a_private_room_and_its_code_is_told_once()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("club");
        var invite = (await ann.Http.Post($"rooms/{room}/invites", new { expiresInHours = 1, maxUses = 2 })).Ok(201);
        var code = invite["code"].GetString()!;
        code.Length.ShouldBe(43, "256 bits in base64url");
        var listed = (await ann.Http.Get($"rooms/{room}/invites")).Ok(200);
        listed["items"].GetArrayLength().ShouldBe(1);
        listed.Text.ShouldNotContain(code);
        listed["items"][0].TryGetProperty("code", out _).ShouldBeFalse();
        var preview = (await bob.Http.Post("invites/preview", new { code })).Ok(200);
        (preview["room"].GetProperty("name").GetString(), preview["invitedBy"].Id(), preview["joined"].GetBoolean()).ShouldBe(("club", ann.Id, false));
        await bob.Connect();
        var joined = (await bob.Http.Post("invites/accept", new { code })).Ok(200);
        (joined["id"].GetGuid(), joined["role"].GetString()).ShouldBe((room, "member"));
        await bob.Live.WaitFor(f => f.Type() == "room.added" && f.GetProperty("room").Id() == room, "room.added");
        (await bob.Http.Post("invites/accept", new { code })).Ok(200);
        (await ann.Http.Get($"rooms/{room}/invites")).Ok()["items"][0].GetProperty("uses").GetInt32().ShouldBe(1, "who is in already takes no use");
    }

    [Fact]
    public async Task A15_A89_fifty_at_once_on_an_invitation_for_one_let_one_in()
    {
        await using var ann = await Server.Register("Ann");
        var guests = await Server.Register([.. Enumerable.Range(0, 10).Select(i => $"guest{i}")]);
        var room = await ann.CreateRoom("club");
        var code = (await ann.Http.Post($"rooms/{room}/invites", new { maxUses = 1 })).Ok(201)["code"].GetString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (Guest: guests[i % guests.Length], i)).Select(async g =>
            (g.Guest.Id, Answer: await g.Guest.Http.Post("invites/accept", new { code }))));

        // The one who got in may have been answered 200 more than once: being in takes no use.
        answers.Where(a => a.Answer.Status == 200).Select(a => a.Id).Distinct().Count().ShouldBe(1);
        foreach (var (_, answer) in answers.Where(a => a.Answer.Status != 200))
        {
            answer.Fails(410, "gone");
        }

        (await ann.Http.Get($"rooms/{room}")).Ok()["memberCount"].GetInt32().ShouldBe(2);
        (await ann.Events(room)).Count(e => e.Type() == "member.joined").ShouldBe(2);
        (await ann.Http.Get($"rooms/{room}/invites")).Ok()["items"].GetArrayLength().ShouldBe(0);
        foreach (var guest in guests)
        {
            await guest.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_revoked_an_unknown_and_a_makerless_invitation_let_nobody_in()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var cem = await Server.Register("Cem");
        var room = await ann.CreateRoom("club", "private", bob);
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "moderator" })).Ok(200);
        var revoked = (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201);
        var bobs = (await bob.Http.Post($"rooms/{room}/invites")).Ok(201);
        (await bob.Http.Delete($"rooms/{room}/invites/{revoked["id"].GetGuid()}")).Ok(204);
        (await bob.Http.Delete($"rooms/{room}/invites/{revoked["id"].GetGuid()}")).Fails(404, "not_found");
        await ann.Remove(room, bob);
        foreach (var verb in new[] { "preview", "accept" })
        {
            (await cem.Http.Post($"invites/{verb}", new { code = revoked["code"].GetString() })).Fails(404, "not_found");
            (await cem.Http.Post($"invites/{verb}", new { code = bobs["code"].GetString() })).Fails(410, "gone");
            (await cem.Http.Post($"invites/{verb}", new { code = new string('A', 43) })).Fails(404, "not_found");
            (await cem.Http.Post($"invites/{verb}", new { code = new string('A', 500) })).Fails(400, "validation");
            (await cem.Http.Post($"invites/{verb}", new { })).Fails(400, "validation");
        }

        (await ann.Http.Get($"rooms/{room}")).Ok()["memberCount"].GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Members_of_a_public_room_see_and_revoke_their_own_invitations_alone()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("open", "public", bob);
        var anns = (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201)["id"].GetGuid();
        var bobs = (await bob.Http.Post($"rooms/{room}/invites", new { })).Ok(201)["id"].GetGuid();
        (await bob.Http.Get($"rooms/{room}/invites")).Ok()["items"].EnumerateArray().Select(i => i.Id()).ShouldBe([bobs]);
        (await ann.Http.Get($"rooms/{room}/invites")).Ok()["items"].EnumerateArray().Select(i => i.Id()).ShouldBe([bobs, anns]);
        (await bob.Http.Delete($"rooms/{room}/invites/{anns}")).Fails(404, "not_found");
        (await bob.Http.Delete($"rooms/{room}/invites/{bobs}")).Ok(204);
    }

    [Fact]
    public async Task An_invitation_keeps_its_bounds()
    {
        await using var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("club");
        foreach (var body in new object[] { new { expiresInHours = 0 }, new { expiresInHours = 8761 }, new { maxUses = 0 }, new { maxUses = 1001 } })
        {
            (await ann.Http.Post($"rooms/{room}/invites", body)).Fails(400, "validation");
        }

        var eternal = (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201);
        eternal["expiresAt"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        eternal["maxUses"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    public sealed class OnSqlite(SqliteServer server) : InviteTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : InviteTests(server);
}
