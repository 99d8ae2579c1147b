using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging.Search;

public abstract class SearchTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : SearchTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : SearchTests(s);

    [Fact]
    public async Task What_was_acknowledged_is_found_at_once_newest_first_with_its_highlights()
    {
        var ann = await Server.Register("Ann");
        var (one, other) = (await ann.CreateRoom("one"), await ann.CreateRoom("other"));
        await ann.Post(one, "The quokka sleeps");
        await ann.Post(other, "Nothing here");
        await ann.Post(other, "QUOKKAS everywhere, one quokka more");

        var found = await Search(ann, "quokka");

        found.Texts().ShouldBe(["QUOKKAS everywhere, one quokka more", "The quokka sleeps"]);
        found["nextCursor"].ValueKind.ShouldBe(JsonValueKind.Null);
        found["items"][0].GetProperty("highlights").EnumerateArray().Select(h => (h.GetProperty("start").GetInt32(), h.GetProperty("length").GetInt32())).ShouldBe([(0, 6), (24, 6)]);
        found["items"][0].GetProperty("message").GetProperty("roomId").GetGuid().ShouldBe(other);
        (await Search(ann, "quokka", $"&roomId={one}")).Texts().ShouldBe(["The quokka sleeps"]);
    }

    [Theory]
    [InlineData("ok", "Look at the okapi, ok?")]
    [InlineData("kap pi", "Look at the okapi, ok?")]
    [InlineData("STRASSE", "Die Straße ist gesperrt")]
    [InlineData("раб", "Сервер снова работает")]
    [InlineData("机", "手机和电脑")]
    [InlineData("電脳", null)]
    [InlineData("会議", "明日の会議は十時から")]
    [InlineData("ガイド", "ｶﾞｲﾄﾞﾌﾞｯｸ")]
    [InlineData("\"the okapi\"", "Look at the okapi, ok?")]
    [InlineData("\"okapi the\"", null)]
    public async Task Parts_of_words_and_single_ideographs_are_found(string query, string? expected)
    {
        var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("words");
        foreach (var text in (string[])["Look at the okapi, ok?", "Die Straße ist gesperrt", "Сервер снова работает", "手机和电脑", "明日の会議は十時から", "ｶﾞｲﾄﾞﾌﾞｯｸ"])
        {
            await ann.Post(room, text);
        }

        (await Search(ann, query)).Texts().ShouldBe(expected is null ? [] : [expected]);
    }

    [Fact]
    public async Task An_edited_text_is_found_and_the_one_before_is_not()
    {
        var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("edits");
        var message = await ann.Post(room, "the narwhal sings");
        (await Search(ann, "narwhal")).Texts().ShouldBe(["the narwhal sings"]);

        (await ann.Http.Patch($"messages/{message.Id()}", new { text = "the walrus sings" })).Ok();

        (await Search(ann, "narwhal")).Texts().ShouldBeEmpty();
        (await Search(ann, "walrus")).Texts().ShouldBe(["the walrus sings"]);
    }

    [Fact]
    public async Task A_deleted_message_is_found_no_more()
    {
        var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("gone");
        var message = await ann.Post(room, "the axolotl smiles");
        await ann.Post(room, "another axolotl");
        (await Search(ann, "axolotl")).Texts().Length.ShouldBe(2);

        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);

        (await Search(ann, "axolotl")).Texts().ShouldBe(["another axolotl"]);
    }

    [Fact]
    public async Task Only_ones_own_rooms_are_looked_at_and_a_removal_counts_at_once()
    {
        var (ann, bob) = (await Server.Register("Ann"), await Server.Register("Bob"));
        var (shared, own) = (await ann.CreateRoom("shared", "private", bob), await ann.CreateRoom("own"));
        await ann.Post(shared, "a pangolin for two");
        await ann.Post(own, "a pangolin for one");
        (await Search(bob, "pangolin")).Texts().ShouldBe(["a pangolin for two"]);
        (await bob.Http.Get($"search?q=pangolin&roomId={own}")).Fails(404, "not_found");

        (await ann.Http.Delete($"rooms/{shared}/members/{bob.Id}")).Ok(204);

        (await Search(bob, "pangolin")).Texts().ShouldBeEmpty();
        (await bob.Http.Get($"search?q=pangolin&roomId={shared}")).Fails(404, "not_found");
        (await Search(ann, "pangolin")).Texts().Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_public_room_is_searched_by_its_members_only()
    {
        var (ann, bob) = (await Server.Register("Ann"), await Server.Register("Bob"));
        var room = await ann.CreateRoom("public", "public");
        await ann.Post(room, "a public capybara");

        (await bob.Http.Get($"search?q=capybara&roomId={room}")).Fails(403, "forbidden");
        (await Search(bob, "capybara")).Texts().ShouldBeEmpty();
        (await bob.Http.Post($"rooms/{room}/join", new { })).Ok(204);
        (await Search(bob, "capybara")).Texts().ShouldBe(["a public capybara"]);
    }

    [Fact]
    public async Task Filters_narrow_a_search()
    {
        var (ann, bob) = (await Server.Register("Ann"), await Server.Register("Bob"));
        var room = await ann.CreateRoom("filters", "private", bob);
        await ann.Post(room, "tapir by ann");
        var middle = (await bob.Post(room, "tapir by bob")).GetProperty("createdAt").GetString()!;
        await ann.Post(room, "tapir again");

        (await Search(ann, "tapir", $"&from={bob.Id}")).Texts().ShouldBe(["tapir by bob"]);
        (await Search(ann, "tapir", $"&from=@{bob.Username.ToUpperInvariant()}")).Texts().ShouldBe(["tapir by bob"]);
        (await Search(ann, "tapir", "&from=nobody-at-all")).Texts().ShouldBeEmpty();
        (await Search(ann, "tapir", "&has=file")).Texts().ShouldBeEmpty();
        (await Search(ann, "tapir", $"&before={middle}")).Texts().ShouldAllBe(t => t == "tapir by ann");
        (await Search(ann, "tapir", $"&after={middle}")).Texts().ShouldContain("tapir by bob");
        (await Search(ann, "tapir", "&after=2020-01-01&before=2020-01-02")).Texts().ShouldBeEmpty();
        (await Search(ann, "tapir", "&after=2020-01-01")).Texts().Length.ShouldBe(3);
        (await Search(ann, "tapir", "&before=2999-12-31T23:59:59%2B02:00")).Texts().Length.ShouldBe(3);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_and_thread_replies_are_in_them()
    {
        var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("pages");
        var root = await ann.Post(room, "okapi 0");
        for (var i = 1; i < 23; i++)
        {
            (await ann.Http.Post($"rooms/{room}/messages", new { clientId = $"c{i}", text = $"okapi {i}", threadId = i % 5 == 0 ? root.Id() : (Guid?)null })).Ok(201);
        }

        var texts = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = await Search(ann, "okapi", $"&limit=10{cursor}");
            page.Texts().Length.ShouldBeLessThanOrEqualTo(10);
            texts.AddRange(page.Texts());
            cursor = page["nextCursor"].GetString() is { } next ? "&cursor=" + next : null;
        }

        texts.ShouldBe(Enumerable.Range(0, 23).Reverse().Select(i => $"okapi {i}"));
    }

    [Theory]
    [InlineData("q=a", "q")]
    [InlineData("q=", "q")]
    [InlineData("", "q")]
    [InlineData("q=%3F%21", "q")]
    [InlineData("q=ok&limit=0", "limit")]
    [InlineData("q=ok&limit=201", "limit")]
    [InlineData("q=ok&cursor=x", "cursor")]
    [InlineData("q=ok&has=link", "has")]
    [InlineData("q=ok&from=", "from")]
    [InlineData("q=ok&from=a%00b", "from")]
    [InlineData("q=ok&before=yesterday", "before")]
    [InlineData("q=ok&after=2026-01-01T00:00:00", "after")]
    [InlineData("q=ok&after=2026-13-01", "after")]
    public async Task A_search_that_cannot_be_is_refused(string query, string field)
    {
        var ann = await Server.Register("Ann");
        (await ann.Http.Get($"search?{query}")).Fails(400, "validation")["errors"].TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task The_bounds_of_a_search_are_the_contracts()
    {
        var ann = await Server.Register("Ann");
        (await ann.Http.Get("search?q=" + new string('x', 200))).Ok(200);
        (await ann.Http.Get("search?q=" + new string('x', 201))).Fails(400, "validation");
        (await ann.Http.Get("search?q=" + Uri.EscapeDataString("字"))).Ok(200);
        (await ann.Http.Get("search?q=ok&roomId=17")).Fails(404, "not_found");
        (await ann.Http.Get($"search?q=ok&roomId={Guid.CreateVersion7()}")).Fails(404, "not_found");
        (await ann.Http.Get($"search?q=ok&cursor={long.MaxValue}")).Ok(200);
        (await Server.Anonymous.Get("search?q=ok")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task The_index_follows_after_a_kill()
    {
        await using var server = await RunningServer.Start(Engine);
        var ann = await server.Register("Ann");
        var room = await ann.CreateRoom("killed");
        for (var i = 0; i < 30; i++)
        {
            await ann.Post(room, $"wombat {i}");
        }

        await server.Kill9();
        await server.Restart();

        (await Search(ann, "wombat")).Texts().Length.ShouldBe(30);
    }

    private static async Task<Answer> Search(Person person, string query, string more = "") =>
        (await person.Http.Get($"search?q={Uri.EscapeDataString(query)}{more}")).Ok(200);
}

internal static class SearchAnswers
{
    public static string[] Texts(this Answer answer) => [.. answer["items"].EnumerateArray().Select(i => i.GetProperty("message").GetProperty("text").GetString()!)];
}
