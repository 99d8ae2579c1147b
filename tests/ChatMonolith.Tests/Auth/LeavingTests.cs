using System.IO.Compression;
using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>Coming by invitation, being a guest, taking one's data along, and leaving for good.</summary>
public abstract class LeavingTests(MailedServer fixture) : AccountTests(fixture)
{
    [Fact]
    public async Task A15_an_invitation_lets_in_once_and_the_newest_only_where_registration_is_by_invitation()
    {
        await using var mail = await MailServer.Start();
        await using var chat = await RunningServer.Start(Engine, mail.Settings);
        await using var admin = await chat.Register("admin");
        await chat.Stop();
        chat.Set("Auth__Registration", "Invitation");
        await chat.Restart();
        (await chat.Anonymous.Post("auth/register", new { email = "eve@example.org", username = "eve", password = Password })).Fails(403, "forbidden");
        (await admin.Http.Post("invitations", new { email = "bob@example.org", message = "Come in!" })).Ok(201).Text.ShouldNotContain("code");
        var older = await mail.LetterTo("bob@example.org", "invites you");
        older.Text.ShouldContain("They write: Come in!");
        (await admin.Http.Post("invitations", new { email = "bob@example.org" })).Ok(201);
        var newer = await mail.LetterTo("bob@example.org", "invites you", skip: 1);
        newer.Text.ShouldNotContain("They write");
        (await Register(chat, older.Secret, "bob")).Fails(410, "gone");
        (await Register(chat, "nonsense", "bob")).Fails(410, "gone");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Register(chat, newer.Secret, $"bob-{i}")));
        answers.Count(a => a.Status == 201).ShouldBe(1);
        answers.Where(a => a.Status != 201).ShouldAllBe(a => a.Status == 410);
        var user = answers.Single(a => a.IsOk)["user"];
        user.GetProperty("email").GetString().ShouldBe("bob@example.org");
        user.GetProperty("emailVerified").GetBoolean().ShouldBeTrue();

        // Who has an account is not told apart.
        (await admin.Http.Post("invitations", new { email = "bob@example.org" })).Ok(201);
        await chat.Stop();
        chat.Set("Auth__Registration", "Closed");
        await chat.Restart();
        await using var again = await admin.AtAnotherDevice();
        (await again.Http.Post("invitations", new { email = "carl@example.org" })).Fails(403, "forbidden");
        mail.Letters.Count(l => l.To == "bob@example.org" && l.Subject.Contains("invites", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A40_a_guest_sees_only_the_rooms_that_somebody_let_them_into_and_the_people_there()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        var address = $"guest-{Guid.CreateVersion7().ToString("N")[^8..]}@example.org";
        (await ann.Http.Post("invitations", new { email = address, role = "guest" })).Ok(201);
        var letter = await Mail.LetterTo(address);
        var made = (await Register(Server, letter.Secret, username: address.Split('@')[0])).Ok(201)["user"];
        made.GetProperty("role").GetString().ShouldBe("guest");
        using var guest = new HttpCaller(Server.Address);
        guest.AccessToken = (await Server.Anonymous.Post("auth/login", new { login = address, password = Password })).Ok(200)["accessToken"].GetString();
        (await guest.Get("rooms")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        var open = await ann.CreateRoom("open", "public");
        var closed = await ann.CreateRoom("closed");
        foreach (var room in (Guid[])[open, closed])
        {
            (await guest.Get($"rooms/{room}")).Fails(404, "not_found");
            (await guest.Get($"rooms/{room}/messages")).Fails(404, "not_found");
            (await guest.Get($"rooms/{room}/members")).Fails(404, "not_found");
            (await guest.Post($"rooms/{room}/join")).Fails(404, "not_found");
            (await guest.Post($"rooms/{room}/messages", new { clientId = "x", text = "hi" })).Fails(404, "not_found");
        }

        (await guest.Get("rooms/directory")).Fails(403, "forbidden");
        (await guest.Get("users?query=a")).Fails(403, "forbidden");
        (await guest.Get($"users/{ann.Id}")).Fails(404, "not_found");
        (await guest.Post("rooms", new { type = "public", name = "mine" })).Fails(403, "forbidden");
        (await guest.Post("rooms", new { type = "direct", memberIds = new[] { ann.Id } })).Fails(404, "not_found");
        (await guest.Post("invitations", new { email = "x@example.org" })).Fails(403, "forbidden");
        (await ann.Http.Post($"rooms/{closed}/members", new { userIds = new[] { made.GetProperty("id").GetGuid() } })).Ok();
        (await guest.Get($"rooms/{closed}/messages")).Ok(200);
        (await guest.Get($"users/{ann.Id}")).Ok(200);
        (await guest.Get($"users/{bob.Id}")).Fails(404, "not_found");
        (await guest.Post("rooms", new { type = "direct", memberIds = new[] { ann.Id } })).Ok(201);
    }

    [Fact]
    public async Task A_deleted_account_leaves_its_messages_and_nothing_else_A111()
    {
        await using var ann = await Confirmed("ann");
        await using var bob = await Server.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        var alone = await ann.CreateRoom("alone");
        await ann.Post(room, "what stays");
        var shared = (await ann.Share(room, "shared.txt", "stays"u8.ToArray()))["file"].Id();
        var owned = (await ann.Store("mine.txt", "goes"u8.ToArray())).Id();
        var sent = (await ann.Http.Post("transfers", new { fileIds = new[] { owned } })).Ok(201);
        var socket = await ann.Connect();
        var token = (await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString();
        (await ann.Http.Delete("users/me")).Ok(204);
        (await socket.Closed.Within("the socket to be closed")).ShouldBe(4403);
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Send(HttpMethod.Get, "auth/me", null, ("Authorization", "Bearer " + token))).Fails(401, "unauthenticated");
        (await LogIn(ann)).Fails(401, "invalid_credentials");
        var left = (await bob.Http.Get($"users/{ann.Id}")).Ok(200);
        left["displayName"].GetString().ShouldBe("Deleted user");
        left["isActive"].GetBoolean().ShouldBeFalse();
        left.Text.ShouldNotContain(ann.Username);
        (await bob.History(room)).Select(m => m.Text()).ShouldContain("what stays");
        (await bob.Download(shared)).ShouldBe("stays"u8.ToArray());
        (await Server.Anonymous.Post($"transfers/{sent["transfer"].Id()}/open", new { secret = sent["secret"].GetString() })).Fails(410, "gone");
        (await bob.Http.Get($"rooms/{room}")).Ok(200)["role"].GetString().ShouldBe("owner", "the room has an heir");
        (await bob.Http.Get($"rooms/{room}/members")).Ok(200)["items"].GetArrayLength().ShouldBe(1);
        (await bob.Http.Get($"rooms/{alone}")).Fails(404, "not_found");
        await Mail.LetterTo(AddressOf(ann), "Your account was deleted");

        // Name and address are free again.
        (await Server.Anonymous.Post("auth/register", new { email = AddressOf(ann), username = ann.Username, password = Password })).Ok(201);
    }

    [Fact]
    public async Task The_last_admin_stays()
    {
        await using var chat = await RunningServer.Start(Engine);
        await using var admin = await chat.Register("admin");
        (await admin.Http.Delete("users/me")).Fails(409, "conflict");
        (await admin.Http.Get("auth/me")).Ok(200);
    }

    [Fact]
    public async Task A89_a_copy_of_ones_data_is_made_by_a_job_and_fetched_once()
    {
        await using var ann = await Confirmed("ann");
        await using var bob = await Server.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        await ann.Post(room, "my own words");
        await bob.Post(room, "the words of another");
        var file = await ann.Store("mine.txt", "my own file"u8.ToArray());
        (await ann.Http.Get("users/me/export/content")).Fails(404, "not_found");
        (await ann.Http.Post("users/me/export")).Ok(202)["state"].GetString().ShouldBe("asked");
        (await ann.Http.Post("users/me/export")).Fails(429, "rate_limited");
        await Deadline.Until(async () => (await ann.Http.Get("users/me/export")).Ok(200)["state"].GetString() == "ready", "the copy to be made", TimeSpan.FromSeconds(30));
        (await bob.Http.Get("users/me/export/content")).Fails(404, "not_found");
        var fetched = new List<byte[]>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var client = new HttpClient { BaseAddress = Server.Address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", ann.AccessToken);
            using var response = await client.GetAsync(new Uri("/api/v1/users/me/export/content", UriKind.Relative));
            if (response.IsSuccessStatusCode)
            {
                var bytes = await response.Content.ReadAsByteArrayAsync();
                lock (fetched)
                {
                    fetched.Add(bytes);
                }
            }
            else
            {
                ((int)response.StatusCode).ShouldBe(410);
            }
        }));
        using var zip = new ZipArchive(new MemoryStream(fetched.ShouldHaveSingleItem()));
        zip.Entries.Select(e => e.FullName).Order().ShouldBe(["account.json", "files.json", $"files/{file.Id()}/mine.txt", "messages.json", "rooms.json"]);
        var text = string.Concat(zip.Entries.Select(e => new StreamReader(e.Open()).ReadToEnd()));
        text.ShouldContain("my own words");
        text.ShouldContain("my own file");
        text.ShouldContain(AddressOf(ann));
        text.ShouldNotContain("the words of another");
        text.ShouldNotContain("passwordHash");
        JsonSerializer.Deserialize<JsonElement>(new StreamReader(zip.GetEntry("messages.json")!.Open()).ReadToEnd()).GetArrayLength().ShouldBe(1);
        await Deadline.Until(() => !Directory.EnumerateFiles(Path.Combine(Server.DataFolder, "exports")).Any(), "its bytes to be gone");
    }

    [Fact]
    public async Task B18_a_bot_lives_by_its_token_in_the_rooms_it_was_let_into_and_ends_with_its_deletion()
    {
        await using var chat = await RunningServer.Start(Engine);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        var room = await ann.CreateRoom("builds");
        var asked = new { username = "builder", displayName = "Builder", scopes = new[] { "read", "write", "live" } };
        (await ann.Http.Post("admin/bots", asked)).Fails(403, "forbidden");
        var made = (await admin.Http.Post("admin/bots", asked)).Ok(201);
        (await admin.Http.Post("admin/bots", asked)).Fails(409, "username_taken");
        (await admin.Http.Post("admin/bots", new { username = "b-2", scopes = new[] { "admin" } })).Fails(400, "validation");
        made["user"].GetProperty("isBot").GetBoolean().ShouldBeTrue();
        var id = made["user"].GetProperty("id").GetGuid();
        using var bot = new HttpCaller(chat.Address) { AccessToken = made["token"].GetString() };
        (await bot.Get("rooms")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        (await bot.Post($"rooms/{room}/messages", new { clientId = "1", text = "red" })).Fails(404, "not_found");
        (await ann.Http.Post($"rooms/{room}/members", new { userIds = new[] { id } })).Ok();
        (await bot.Post($"rooms/{room}/messages", new { clientId = "1", text = "green" })).Ok(201);
        (await chat.Anonymous.Post("auth/login", new { login = "builder", password = "" })).Fails(400, "validation");
        (await chat.Anonymous.Post("auth/login", new { login = "builder", password = Password })).Fails(401, "invalid_credentials");
        var socket = await LiveSocket.Connect(chat.Address, SocketCredentials.Bearer(bot.AccessToken!));
        var page = (await admin.Http.Get("admin/bots?limit=1")).Ok(200);
        page["items"].GetArrayLength().ShouldBe(1);
        (await admin.Http.Get("admin/bots?limit=200")).Ok(200)["items"].EnumerateArray().ShouldContain(b => b.GetProperty("isBot").GetBoolean() && b.GetProperty("username").GetString() == "builder");
        (await ann.Http.Get("admin/bots")).Fails(403, "forbidden");
        (await admin.Http.Delete($"admin/bots/{ann.Id}")).Fails(404, "not_found");
        (await admin.Http.Delete($"admin/bots/{id}")).Ok(204);
        (await socket.Closed.Within("the bot's socket to be closed")).ShouldBe(4403);
        (await bot.Get("rooms")).Fails(401, "unauthenticated");
        (await ann.History(room)).Select(m => m.Text()).ShouldContain("green");
        await socket.DisposeAsync();
    }

    private static Task<Answer> Register(RunningServer chat, string invitation, string username) =>
        chat.Anonymous.Post("auth/register", new { username, password = Password, invitation });

    public sealed class OnSqlite(MailedSqlite s) : LeavingTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : LeavingTests(s);
}
