using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class UserTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task People_are_found_by_the_beginning_of_either_name_without_regard_to_case()
    {
        await using var ann = await Server.Register("ann");
        var tag = Person.NewClientId()[^10..];
        (await ann.Http.Patch("users/me", new { displayName = $"Ærø {tag} Ünal" })).Ok(200);
        (await Find(ann, ann.Username[..^2])).ShouldContain(ann.Username);
        (await Find(ann, ann.Username.ToUpperInvariant())).ShouldBe([ann.Username]);
        (await Find(ann, $"ærø {tag}")).ShouldBe([ann.Username]);
        (await Find(ann, $"ÆRØ {tag} ünAL")).ShouldBe([ann.Username]);
        (await Find(ann, tag)).ShouldBeEmpty();
        (await Find(ann, "%")).ShouldBeEmpty();
        (await Find(ann, "_nn")).ShouldBeEmpty();
    }

    [Fact]
    public async Task B32_a_list_is_paged_to_its_end_without_a_gap_or_a_repeat()
    {
        var tag = "pg" + Person.NewClientId()[^8..];
        var people = await Server.Register([.. Enumerable.Range(0, 7).Select(i => $"{tag}{i}")]);
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await people[0].Http.Get($"users?query={tag}&limit=2" + (cursor is null ? "" : "&cursor=" + cursor))).Ok(200);
            found.AddRange(page["items"].EnumerateArray().Select(u => u.GetProperty("username").GetString()!));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        found.ShouldBe(people.Select(p => p.Username).Order(StringComparer.Ordinal));
        (await people[0].Http.Get("users?limit=201")).Fails(400, "validation");
        (await people[0].Http.Get("users?limit=0")).Fails(400, "validation");
        (await people[0].Http.Get("users?limit=many")).Fails(400, "validation");
        (await people[0].Http.Get("users?cursor=nonsense")).Fails(400, "validation");
        (await people[0].Http.Get("users?query=%00")).Fails(400, "validation");
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task A42_an_email_address_is_shown_to_its_owner_and_to_admins_only()
    {
        await using var server = await RunningServer.Start(Engine);
        var people = await server.Register("admin", "ann", "bob");
        var (admin, ann, bob) = (people[0], people[1], people[2]);
        (await bob.Http.Get($"users/{ann.Id}")).Ok(200).Text.ShouldNotContain("email");
        (await bob.Http.Get("users?query=ann")).Ok(200).Text.ShouldNotContain("email");
        (await ann.Http.Get($"users/{ann.Id}")).Ok(200)["email"].GetString().ShouldBe($"{ann.Username}@example.org");
        (await admin.Http.Get($"users/{ann.Id}")).Ok(200)["emailVerified"].GetBoolean().ShouldBeFalse();
        (await bob.Http.Get($"users/{Guid.CreateVersion7()}")).Fails(404, "not_found");
        (await bob.Http.Get("users/nonsense")).Fails(404, "not_found");
        (await server.Anonymous.Get($"users/{ann.Id}")).Fails(401, "unauthenticated");
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_changed_profile_reaches_the_own_devices_and_the_contacts_and_nobody_else()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        await using var eve = await Server.Register("eve");
        await ann.DirectRoomWith(bob);
        var (hers, his, others) = (await ann.Connect(), await bob.Connect(), await eve.Connect());
        (await ann.Http.Patch("users/me", new { displayName = "Ann the First" })).Ok(200)["email"].GetString().ShouldNotBeNull();
        foreach (var socket in (LiveSocket[])[hers, his])
        {
            var frame = await socket.WaitFor(f => f.Type() == "profile", "the profile event");
            frame.Number("userSeq").ShouldBeGreaterThan(0);
            frame.GetProperty("user").Word("displayName").ShouldBe("Ann the First");
            frame.GetProperty("user").TryGetProperty("email", out _).ShouldBeFalse();
        }

        await others.Settle();
        others.Frames.ShouldNotContain(f => f.Type() == "profile");

        // What changes nothing causes no event.
        (await ann.Http.Patch("users/me", new { displayName = "Ann the First" })).Ok(200);
        await hers.Settle();
        hers.Frames.Count(f => f.Type() == "profile").ShouldBe(1);
    }

    [Fact]
    public async Task A_profile_is_held_to_its_bounds_and_what_is_left_out_stays()
    {
        await using var ann = await Server.Register("ann");
        (await ann.Http.Patch("users/me", new { bio = "Line one\nand two" })).Ok(200)["displayName"].GetString().ShouldBe("ann");
        (await ann.Http.Patch("users/me", new { displayName = new string('x', 80), bio = new string('y', 500) })).Ok(200);
        foreach (var body in (object[])[new { displayName = "" }, new { displayName = " \t" }, new { displayName = new string('x', 81) }, new { displayName = "a\nb" }, new { bio = new string('y', 501) }, new { bio = "a\0b" }, new { displayName = 5 }])
        {
            (await ann.Http.Patch("users/me", body)).Fails(400, "validation");
        }

        (await ann.Http.Patch("users/me", new { bio = "" })).Ok(200)["bio"].GetString().ShouldBe("");
        (await ann.Http.Patch("users/me", new { username = "other", isAdmin = true })).Ok(200)["isAdmin"].GetBoolean().ShouldBeFalse();
    }

    private static async Task<string[]> Find(Person person, string query) =>
        [.. (await person.Http.Get("users?query=" + Uri.EscapeDataString(query))).Ok(200)["items"].EnumerateArray().Select(u => u.GetProperty("username").GetString()!)];

    public sealed class OnSqlite(SqliteServer s) : UserTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : UserTests(s);
}
