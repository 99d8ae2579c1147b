using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class RegistrationTests(ServerFixture fixture) : ServerTests(fixture)
{
    private const string Password = "long copper kettle 47";

    [Fact]
    public async Task A_new_account_is_shown_to_its_owner_as_the_contract_says_and_is_in_general()
    {
        var name = NewName();
        var answer = await Server.Anonymous.Post("auth/register", new { email = name + "@Example.org", username = name, password = Password, displayName = "Ann Ä" });
        var user = answer.Ok(201)["user"];
        user.EnumerateObject().Select(p => p.Name).ShouldBe(
            ["id", "username", "displayName", "bio", "avatarUrl", "keyFingerprint", "isAdmin", "role", "isBot", "isActive", "createdAt", "email", "emailVerified"]);
        user.GetProperty("email").GetString().ShouldBe(name + "@Example.org");
        user.GetProperty("role").GetString().ShouldBe("member");
        answer.Json.TryGetProperty("generated", out _).ShouldBeFalse();

        using var http = new HttpCaller(Server.Address);
        http.AccessToken = (await Server.Anonymous.Post("auth/login", new { login = name.ToUpperInvariant() + "@EXAMPLE.ORG", password = Password })).Ok(200)["accessToken"].GetString();
        var rooms = (await http.Get("rooms")).Ok(200)["items"].EnumerateArray();
        rooms.ShouldContain(r => r.GetProperty("name").GetString() == "general");
    }

    [Fact]
    public async Task Credentials_that_are_left_out_are_made_shown_once_and_work()
    {
        var made = (await Server.Anonymous.Post("auth/register", new { email = NewName() + "@example.org" })).Ok(201);
        var generated = made["generated"];
        generated.GetProperty("username").GetString().ShouldBe(made["user"].GetProperty("username").GetString());
        var login = new { login = generated.GetProperty("username").GetString(), password = generated.GetProperty("password").GetString() };
        (await Server.Anonymous.Post("auth/login", login)).Ok(200).Text.ShouldNotContain(login.password!);
    }

    [Fact]
    public async Task B36_names_that_differ_by_case_only_are_one_name_and_others_are_refused()
    {
        var name = NewName();
        (await Register(name.ToUpperInvariant())).Ok(201)["user"].GetProperty("username").GetString().ShouldBe(name);
        (await Register(name)).Fails(409, "username_taken");
        foreach (var lookalike in (string[])["al\u0131ce-x", "\uff41lice-x", "ali\u0307ce-x", "\u212aelvin-x", "alice\u200b-x", "a b c", "", "ab", new string('a', 33), "a/b/c", "a\u0000bc", "<b>x</b>"])
        {
            (await Register(lookalike)).Fails(400, "validation")["errors"].TryGetProperty("username", out _).ShouldBeTrue(lookalike);
        }
    }

    [Fact]
    public async Task An_email_address_has_one_account_whatever_its_case()
    {
        var name = NewName();
        (await Server.Anonymous.Post("auth/register", new { email = name + "@example.org" })).Ok(201);
        (await Server.Anonymous.Post("auth/register", new { email = name.ToUpperInvariant() + "@EXAMPLE.org" })).Fails(409, "email_taken");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("ann@")]
    [InlineData("@example.org")]
    [InlineData("ann@example")]
    [InlineData("ann@@example.org")]
    [InlineData("ann@exam ple.org")]
    [InlineData("ann@example.org\r\nBcc: all@example.org")]
    [InlineData(".ann@example.org")]
    [InlineData("a..nn@example.org")]
    [InlineData("ann@-example.org")]
    [InlineData("änn@example.org")]
    public async Task What_is_no_email_address_is_refused(string? email) =>
        (await Server.Anonymous.Post("auth/register", new { email })).Fails(400, "validation")["errors"].TryGetProperty("email", out _).ShouldBeTrue();

    [Fact]
    public async Task Twenty_registrations_of_one_name_at_once_make_one_account()
    {
        var name = NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Server.Anonymous.Post("auth/register", new { email = $"{name}-{i}@example.org", username = name, password = Password })));
        answers.Count(a => a.Status == 201).ShouldBe(1);
        answers.Where(a => a.Status != 201).ShouldAllBe(a => a.Code == "username_taken");
    }

    [Fact]
    public async Task A42_what_a_caller_may_not_set_is_ignored()
    {
        var name = NewName();
        var user = (await Server.Anonymous.Post("auth/register", new
        {
            email = name + "@example.org", username = name, password = Password, isAdmin = true, role = "admin", id = Guid.Empty, createdAt = "2000-01-01T00:00:00Z", isBot = true, emailVerified = true,
        })).Ok(201)["user"];
        user.GetProperty("isAdmin").GetBoolean().ShouldBeFalse();
        user.GetProperty("role").GetString().ShouldBe("member");
        user.GetProperty("isBot").GetBoolean().ShouldBeFalse();
        user.GetProperty("emailVerified").GetBoolean().ShouldBeFalse();
        user.GetProperty("id").GetGuid().ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task A116_a_name_with_line_breaks_is_refused_and_a_hostile_user_agent_stays_one_line()
    {
        (await Server.Anonymous.Post("auth/register", new { email = NewName() + "@example.org", displayName = "a\r\nb" })).Fails(400, "validation");
        (await Server.Anonymous.Post("auth/register", new { email = NewName() + "@example.org", displayName = "\u001b[31mred" })).Fails(400, "validation");
        (await Server.Anonymous.Post("auth/register", new { email = NewName() + "@example.org", displayName = "   " })).Fails(400, "validation");
    }

    [Fact]
    public async Task Closed_registration_is_forbidden_once_there_is_an_admin_and_an_email_may_be_optional()
    {
        await using var server = await RunningServer.Start(Engine, ("Auth__Registration", "Closed"), ("Auth__EmailRequired", "false"));
        (await server.Anonymous.Post("auth/register", new { username = "root-of-all", password = Password })).Ok(201)["user"].GetProperty("isAdmin").GetBoolean().ShouldBeTrue();
        (await server.Anonymous.Post("auth/register", new { username = "late", password = Password })).Fails(403, "forbidden");
        var config = (await server.Anonymous.Get("config")).Ok(200);
        config["registration"].GetString().ShouldBe("closed");
        config["emailRequired"].GetBoolean().ShouldBeFalse();
        config["setupRequired"].GetBoolean().ShouldBeFalse();
    }

    private static string NewName() => "u" + Person.NewClientId()[^16..];

    private Task<Answer> Register(string username) =>
        Server.Anonymous.Post("auth/register", new { email = NewName() + "@example.org", username, password = Password });

    public sealed class OnSqlite(SqliteServer s) : RegistrationTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : RegistrationTests(s);
}
