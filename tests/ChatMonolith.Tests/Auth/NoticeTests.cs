using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

/// <summary>What an account's owner is told of it in the inbox, with mail or without.</summary>
public abstract class NoticeTests(Engine engine)
{
    [Fact]
    public async Task A13_a_new_device_and_a_changed_credential_are_told_in_the_inbox_once_over_a_crash()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var ann = await chat.Register("ann");
        (await Notices(ann)).ShouldBeEmpty("the first device is no news");
        (await LogIn("Firefox/1.0 (Linux)", "de")).Ok(200);
        await chat.Kill9();
        await chat.Restart();
        await Deadline.Until(async () => (await Notices(ann)).Length == 1, "the notice of the new device", TimeSpan.FromSeconds(30));
        var told = (await Notices(ann)).Single();
        told.GetProperty("kind").GetString().ShouldBe("system");
        told.GetProperty("text").GetString()!.ShouldContain("Firefox/1.0");
        told.GetProperty("actorId").ValueKind.ShouldBe(JsonValueKind.Null);
        (await LogIn("Firefox/2.0 (Linux)", "en")).Ok(200);

        // Live too, and in the language that the account has by now; what is refused is no news.
        await ann.Connect();
        (await ann.Http.Post("auth/password/change", new { currentPassword = "not this one", newPassword = "another copper kettle 48" })).Fails(401, "invalid_credentials");
        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "another copper kettle 48" })).Ok(204);
        await ann.Live.WaitFor(f => f.Type() == "notification" && f.GetProperty("notification").GetProperty("text").GetString() == "Your password was changed.", "ann to be told");
        (await Notices(ann)).Length.ShouldBe(2, "a browser that was updated is the same device");
        await using var bob = await chat.Register("bob");
        (await Notices(bob)).ShouldBeEmpty();

        Task<Answer> LogIn(string agent, string language) => chat.Anonymous.Send(
            HttpMethod.Post, "auth/login", new { login = ann.Username, password = ann.Password }, ("User-Agent", agent), ("Accept-Language", language));
    }

    private static async Task<JsonElement[]> Notices(Person person) =>
        [.. (await person.Http.Get("notifications")).Ok(200)["items"].EnumerateArray().Where(n => n.GetProperty("kind").GetString() == "system")];

    public sealed class OnSqlite() : NoticeTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : NoticeTests(Engine.PostgreSql);
}
