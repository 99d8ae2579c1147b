using System.Net.Http.Headers;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Pictures;

public abstract class AvatarTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_person_sets_and_removes_their_picture_and_contacts_hear_of_it()
    {
        var people = await Server.Register("Ann", "Bob");
        var (ann, bob) = (people[0], people[1]);
        await ann.DirectRoomWith(bob);
        await bob.Connect();
        var set = (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File(SamplePictures.Jpeg()))).Ok(200);
        var url = set["avatarUrl"].GetString()!;
        url.ShouldStartWith($"/api/v1/users/{ann.Id}/avatar?v=");
        (await bob.Live.WaitFor(f => f.Type() == "profile", "the event")).GetProperty("user").Word("avatarUrl").ShouldBe(url);
        var shown = (await bob.Http.Get(url)).Ok(200);
        shown.ContentType.ShouldBe("image/jpeg");
        shown.Header("cache-control")!.Split(", ").ShouldBe(["private", "no-cache"], ignoreOrder: true);
        shown.Header("x-content-type-options").ShouldBe("nosniff");
        shown.Header("content-security-policy").ShouldBe("default-src 'none'; sandbox");
        shown.Text.ShouldNotContain("geheim");
        (await bob.Http.Send(HttpMethod.Get, url, null, ("If-None-Match", shown.Header("etag")!))).Status.ShouldBe(304);
        (await Server.Anonymous.Get(url)).Fails(401, "unauthenticated");
        (await bob.Http.Get($"users/{bob.Id}/avatar")).Fails(404, "not_found");

        (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File(SamplePictures.Png()))).Ok()["avatarUrl"].GetString().ShouldNotBe(url);
        (await ann.Http.Delete("users/me/avatar")).Ok()["avatarUrl"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await ann.Http.Get($"users/{ann.Id}/avatar")).Fails(404, "not_found");
        await ann.DisposeAsync();
        await bob.DisposeAsync();
    }

    [Fact]
    public async Task Pictures_have_bounds()
    {
        await using var ann = await Server.Register("Ann");
        (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File(new byte[(2 * 1024 * 1024) + 1]))).Fails(413, "too_large");
        (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File("<svg/>"u8.ToArray()))).Fails(415, "unsupported_media");
        (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File([]))).Fails(415, "unsupported_media");
        (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File(SamplePictures.Png(4097, 1)))).Fails(400, "validation");
        byte[] large = [.. SamplePictures.Png(), .. new byte[1_900_000]];
        (await ann.Http.Send(HttpMethod.Put, "users/me/avatar", File(large))).Ok(200);
    }

    [Fact]
    public async Task A_room_has_a_picture_that_who_may_see_the_room_sees()
    {
        var people = await Server.Register("Ann", "Bob", "Eve");
        var (ann, bob, eve) = (people[0], people[1], people[2]);
        var (hidden, open) = (await ann.CreateRoom("hidden", "private", bob), await ann.CreateRoom("open", "public"));
        await bob.Connect();
        foreach (var room in new[] { hidden, open })
        {
            (await ann.Http.Send(HttpMethod.Put, $"rooms/{room}/avatar", File(SamplePictures.Webp()))).Ok(200)["avatarUrl"].GetString()!.ShouldStartWith($"/api/v1/rooms/{room}/avatar?v=");
        }

        (await bob.Live.WaitFor(f => f.Type() == "room.updated", "the event")).GetProperty("room").Word("avatarUrl").ShouldNotBeEmpty();
        (await bob.Http.Get($"rooms/{hidden}/avatar")).Ok(200).ContentType.ShouldBe("image/webp");
        (await eve.Http.Get($"rooms/{hidden}/avatar")).Fails(404, "not_found");
        (await eve.Http.Get($"rooms/{open}/avatar")).Ok(200);
        (await bob.Http.Send(HttpMethod.Put, $"rooms/{hidden}/avatar", File(SamplePictures.Gif()))).Fails(403, "forbidden");
        (await eve.Http.Send(HttpMethod.Put, $"rooms/{hidden}/avatar", File(SamplePictures.Gif()))).Fails(404, "not_found");
        (await bob.Http.Delete($"rooms/{hidden}/avatar")).Fails(403, "forbidden");
        (await eve.Http.Get("rooms/directory?query=open")).Ok()["items"].EnumerateArray().ShouldContain(r => r.Id() == open && r.Word("avatarUrl").Length > 0);
        (await ann.Http.Delete($"rooms/{hidden}/avatar")).Ok(200);
        (await bob.Http.Get($"rooms/{hidden}/avatar")).Fails(404, "not_found");
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    private static ByteArrayContent File(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("image/png");
        return content;
    }

    public sealed class OnSqlite(SqliteServer server) : AvatarTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : AvatarTests(server);
}
