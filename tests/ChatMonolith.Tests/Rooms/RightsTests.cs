using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>Every line of the table in <c>docs/security/rights.md</c>, for every role and kind of room.</summary>
public abstract class RightsTests(ServerFixture fixture) : ServerTests(fixture)
{
    /// <summary>What a line answers to owner, moderator, member and somebody outside.</summary>
    private sealed record Line(string Action, Func<Cast, Person, Task<Answer>> Act, int[] Public, int[] Private, int Direct);

    private static readonly Line[] Table =
    [
        new("see", (c, p) => p.Http.Get($"rooms/{c.Room}"), [200, 200, 200, 200], [200, 200, 200, 404], 200),
        new("list the people", (c, p) => p.Http.Get($"rooms/{c.Room}/members"), [200, 200, 200, 403], [200, 200, 200, 404], 200),
        new("follow", (c, p) => p.Http.Get($"rooms/{c.Room}/events"), [200, 200, 200, 403], [200, 200, 200, 404], 200),
        new("post", (c, p) => p.Http.Post($"rooms/{c.Room}/messages", new { clientId = Person.NewClientId(), text = "x" }), [201, 201, 201, 403], [201, 201, 201, 404], 201),
        new("mute", (c, p) => p.Http.Put($"rooms/{c.Room}/preferences", new { muted = true }), [204, 204, 204, 403], [204, 204, 204, 404], 204),
        new("join", (c, p) => p.Http.Post($"rooms/{c.Room}/join"), [204, 204, 204, 204], [204, 204, 204, 404], 204),
        new("leave", (c, p) => p.Http.Post($"rooms/{c.Room}/leave"), [409, 204, 204, 403], [409, 204, 204, 404], 403),
        new("name", (c, p) => p.Http.Patch($"rooms/{c.Room}", new { name = "new" }), [200, 200, 403, 403], [200, 200, 403, 404], 403),
        new("topic", (c, p) => p.Http.Patch($"rooms/{c.Room}", new { topic = "new" }), [200, 200, 403, 403], [200, 200, 403, 404], 403),
        new("slow mode", (c, p) => p.Http.Patch($"rooms/{c.Room}", new { slowModeSeconds = 1 }), [200, 200, 403, 403], [200, 200, 403, 404], 403),
        new("retention", (c, p) => p.Http.Patch($"rooms/{c.Room}", new { topic = "new", retentionDays = 1 }), [200, 403, 403, 403], [200, 403, 403, 404], 403),
        new("remove the picture", (c, p) => p.Http.Delete($"rooms/{c.Room}/avatar"), [200, 200, 403, 403], [200, 200, 403, 404], 403),
        new("delete", (c, p) => p.Http.Delete($"rooms/{c.Room}"), [204, 403, 403, 403], [204, 403, 403, 404], 403),
        new("add", (c, p) => p.Http.Post($"rooms/{c.Room}/members", new { userIds = new[] { c.Spare.Id } }), [200, 200, 200, 403], [200, 200, 403, 404], 403),
        new("invite", (c, p) => p.Http.Post($"rooms/{c.Room}/invites", new { }), [201, 201, 201, 403], [201, 201, 403, 404], 403),
        new("list invitations", (c, p) => p.Http.Get($"rooms/{c.Room}/invites"), [200, 200, 200, 403], [200, 200, 403, 404], 403),
        new("revoke another's", (c, p) => p.Http.Delete($"rooms/{c.Room}/invites/{c.Invite}"), [204, 204, 404, 403], [204, 204, 403, 404], 403),
        new("remove a member", (c, p) => p.Http.Delete($"rooms/{c.Room}/members/{c.OtherMember.Id}"), [204, 204, 403, 403], [204, 204, 403, 404], 403),
        new("remove a moderator", (c, p) => p.Http.Delete($"rooms/{c.Room}/members/{c.OtherModerator.Id}"), [204, 403, 403, 403], [204, 403, 403, 404], 403),
        new("remove an owner", (c, p) => p.Http.Delete($"rooms/{c.Room}/members/{c.OtherOwner(p)}"), [204, 403, 403, 403], [204, 403, 403, 404], 403),
        new("give a role", (c, p) => p.Http.Patch($"rooms/{c.Room}/members/{c.OtherMember.Id}", new { role = "moderator" }), [200, 403, 403, 403], [200, 403, 403, 404], 403),
        new("take a role", (c, p) => p.Http.Patch($"rooms/{c.Room}/members/{c.OtherModerator.Id}", new { role = "member" }), [200, 403, 403, 403], [200, 403, 403, 404], 403),
    ];

    [Fact]
    public async Task A40_each_role_may_do_in_a_room_what_the_table_says_and_nothing_else()
    {
        var people = await Server.Register("owner", "moderator", "member", "outside", "othermember", "othermoderator", "spare");
        var wrong = new List<string>();
        foreach (var type in new[] { "public", "private" })
        {
            foreach (var line in Table)
            {
                for (var role = 0; role < 4; role++)
                {
                    var cast = await Cast.In(type, people, line.Action);
                    var expected = (type == "public" ? line.Public : line.Private)[role];
                    var answer = await line.Act(cast, people[role]);
                    if (answer.Status != expected)
                    {
                        wrong.Add($"{line.Action} by {people[role].DisplayName} in a {type} room: {answer}, {expected} was due");
                    }
                }
            }
        }

        wrong.ShouldBeEmpty();
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task A40_a_direct_room_is_its_two_peoples_and_stays_as_it_is()
    {
        var people = await Server.Register("ann", "bob", "outside", "spare");
        var room = await people[0].DirectRoomWith(people[1]);
        var cast = new Cast(room, Guid.CreateVersion7(), people[1], people[1], people[3], people[0], people[1]);
        foreach (var line in Table)
        {
            foreach (var one in people[..2])
            {
                (await line.Act(cast, one)).Ok(line.Direct == 200 || line.Direct == 201 || line.Direct == 204 ? line.Direct : 403);
            }

            (await line.Act(cast, people[2])).Fails(404, "not_found");
        }

        var anns = (await people[0].Post(room, "hers")).Id();
        (await people[1].Http.Put($"messages/{anns}/pin")).Ok();
        (await people[1].Http.Delete($"messages/{anns}")).Fails(403, "forbidden");
        (await people[0].Http.Get("rooms")).Ok()["items"].EnumerateArray().Single(r => r.Id() == room).GetProperty("memberCount").GetInt32().ShouldBe(2);
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task A41_what_is_not_mine_answers_as_what_does_not_exist()
    {
        await using var ann = await Server.Register("Ann");
        await using var eve = await Server.Register("Eve");
        var room = await ann.CreateRoom("hers");
        var eves = await eve.CreateRoom("mine");
        var invite = (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201)["id"].GetGuid();
        var nothing = Guid.CreateVersion7();
        (HttpMethod Method, string Foreign, string Missing, object? Body)[] requests =
        [
            (HttpMethod.Get, $"rooms/{room}", $"rooms/{nothing}", null),
            (HttpMethod.Patch, $"rooms/{room}", $"rooms/{nothing}", new { name = "x" }),
            (HttpMethod.Delete, $"rooms/{room}", $"rooms/{nothing}", null),
            (HttpMethod.Post, $"rooms/{room}/join", $"rooms/{nothing}/join", null),
            (HttpMethod.Post, $"rooms/{room}/leave", $"rooms/{nothing}/leave", null),
            (HttpMethod.Get, $"rooms/{room}/members", $"rooms/{nothing}/members", null),
            (HttpMethod.Post, $"rooms/{room}/members", $"rooms/{nothing}/members", new { userIds = new[] { eve.Id } }),
            (HttpMethod.Patch, $"rooms/{room}/members/{ann.Id}", $"rooms/{nothing}/members/{ann.Id}", new { role = "member" }),
            (HttpMethod.Delete, $"rooms/{room}/members/{ann.Id}", $"rooms/{nothing}/members/{ann.Id}", null),
            (HttpMethod.Get, $"rooms/{room}/invites", $"rooms/{nothing}/invites", null),
            (HttpMethod.Post, $"rooms/{room}/invites", $"rooms/{nothing}/invites", new { }),
            (HttpMethod.Delete, $"rooms/{room}/invites/{invite}", $"rooms/{nothing}/invites/{invite}", null),
            (HttpMethod.Delete, $"rooms/{eves}/invites/{invite}", $"rooms/{eves}/invites/{nothing}", null),
            (HttpMethod.Patch, $"rooms/{eves}/members/{ann.Id}", $"rooms/{eves}/members/{nothing}", new { role = "member" }),
            (HttpMethod.Delete, $"rooms/{eves}/members/{ann.Id}", $"rooms/{eves}/members/{nothing}", null),
            (HttpMethod.Put, $"rooms/{room}/preferences", $"rooms/{nothing}/preferences", new { muted = true }),
            (HttpMethod.Get, $"rooms/{room}/events", $"rooms/{nothing}/events", null),
            (HttpMethod.Post, $"rooms/{room}/messages", $"rooms/{nothing}/messages", new { clientId = "1", text = "x" }),
        ];
        foreach (var (method, foreign, missing, body) in requests)
        {
            var there = (await eve.Http.Send(method, foreign, body)).Fails(404, "not_found");
            var notThere = (await eve.Http.Send(method, missing, body)).Fails(404, "not_found");
            WithoutTrace(there).ShouldBe(WithoutTrace(notThere), $"{method} {foreign}");
        }

        (await ann.Http.Get($"rooms/{room}/invites")).Ok()["items"].GetArrayLength().ShouldBe(1);
    }

    private static string WithoutTrace(Answer answer) =>
        string.Join('\n', answer.Json.EnumerateObject().Where(m => m.Name != "traceId").Select(m => $"{m.Name}: {m.Value}"));

    /// <summary>One room with everybody in their place, and one invitation by its owner.</summary>
    private sealed record Cast(Guid Room, Guid Invite, Person OtherMember, Person OtherModerator, Person Spare, Person Owner, Person SecondOwner)
    {
        public static async Task<Cast> In(string type, Person[] people, string name)
        {
            var (owner, moderator, member, otherMember, otherModerator, spare) = (people[0], people[1], people[2], people[4], people[5], people[6]);
            var room = await owner.CreateRoom(name, type, moderator, member, otherMember, otherModerator);
            foreach (var promoted in new[] { moderator, otherModerator })
            {
                (await owner.Http.Patch($"rooms/{room}/members/{promoted.Id}", new { role = "moderator" })).Ok(200);
            }

            var second = otherModerator;
            if (name == "remove an owner")
            {
                (await owner.Http.Patch($"rooms/{room}/members/{second.Id}", new { role = "owner" })).Ok(200);
            }

            var invite = (await owner.Http.Post($"rooms/{room}/invites", new { })).Ok(201)["id"].GetGuid();
            return new Cast(room, invite, otherMember, otherModerator, spare, owner, second);
        }

        public Guid OtherOwner(Person asking) => asking.Id == SecondOwner.Id ? Owner.Id : SecondOwner.Id;
    }

    public sealed class OnSqlite(SqliteServer server) : RightsTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : RightsTests(server);
}
