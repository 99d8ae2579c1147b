using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>Addresses that are confirmed and changed, passwords that were forgotten.</summary>
public abstract class EmailTests(MailedServer fixture) : AccountTests(fixture)
{
    [Fact]
    public async Task A_code_confirms_the_address_once()
    {
        await using var ann = await Server.Register("ann");
        (await ann.Http.Get("auth/me")).Ok(200)["emailVerified"].GetBoolean().ShouldBeFalse();
        var letter = await Mail.LetterTo(AddressOf(ann));
        (await Server.Anonymous.Post("auth/email/verify", new { email = AddressOf(ann).ToUpperInvariant(), code = letter.Code })).Ok(204);
        (await ann.Http.Get("auth/me")).Ok(200)["emailVerified"].GetBoolean().ShouldBeTrue();
        (await Server.Anonymous.Post("auth/email/verify", new { email = AddressOf(ann), code = letter.Code })).Fails(401, "invalid_credentials");
    }

    [Fact]
    public async Task A21_five_wrong_codes_void_the_right_one_and_the_newest_counts_alone()
    {
        await using var ann = await Server.Register("ann");
        var first = await Mail.LetterTo(AddressOf(ann));
        (await Server.Anonymous.Post("auth/email/resend", new { email = AddressOf(ann) })).Ok(202);
        var second = await Mail.LetterTo(AddressOf(ann), skip: 1);
        if (first.Code != second.Code)
        {
            (await Verify(ann, first.Code)).Fails(401, "invalid_credentials");
        }

        var wrong = second.Code == "000000" ? "000001" : "000000";
        for (var i = 0; i < 5; i++)
        {
            (await Verify(ann, wrong)).Fails(401, "invalid_credentials");
        }

        (await Verify(ann, second.Code)).Fails(401, "invalid_credentials");
        (await Verify(ann, "12345")).Fails(400, "validation");
        (await Server.Anonymous.Post("auth/email/verify", new { email = "nobody@example.org", code = "123456" })).Fails(401, "invalid_credentials");
    }

    [Fact]
    public async Task A16_B16_a_reset_link_works_once_the_newest_only_and_ends_every_session_and_token()
    {
        await using var ann = await Confirmed("ann");
        await using var other = await ann.AtAnotherDevice();
        var token = (await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString();
        (await Server.Anonymous.Post("auth/password/forgot", new { email = AddressOf(ann) })).Ok(202);
        var older = await Mail.LetterTo(AddressOf(ann), "/reset#");
        older.Text.ShouldContain($"{MailServer.PublicUrl}/reset#");
        (await Server.Anonymous.Post("auth/password/forgot", new { email = AddressOf(ann) })).Ok(202);
        var newer = await Mail.LetterTo(AddressOf(ann), "/reset#", skip: 1);
        const string next = "another copper kettle 48";
        (await Reset(older.Secret, next)).Fails(401, "invalid_credentials");
        (await Reset(newer.Secret, "password")).Fails(400, "validation");
        (await Reset(newer.Secret, next)).Ok(204);
        (await Reset(newer.Secret, next)).Fails(401, "invalid_credentials");
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await other.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Send(HttpMethod.Get, "auth/me", null, ("Authorization", "Bearer " + token))).Fails(401, "unauthenticated");
        (await LogIn(ann)).Fails(401, "invalid_credentials");
        (await LogIn(ann, password: next)).Ok(200);
        await Mail.LetterTo(AddressOf(ann), "Your password was reset by mail");
    }

    [Fact]
    public async Task A13_A31_an_address_is_changed_by_a_code_to_the_new_one_and_the_old_one_is_told()
    {
        await using var ann = await Confirmed("ann");
        await using var bob = await Server.Register("bob");
        (await Server.Anonymous.Post("auth/password/forgot", new { email = AddressOf(ann) })).Ok(202);
        var reset = await Mail.LetterTo(AddressOf(ann), "/reset#");
        var wanted = "new-" + AddressOf(ann);
        (await ann.Http.Post("auth/email/change", new { newEmail = AddressOf(bob) })).Ok(202);
        (await ann.Http.Post("auth/email/change", new { newEmail = wanted })).Ok(202);
        var letter = await Mail.LetterTo(wanted);
        (await Server.Anonymous.Post("auth/email/verify", new { email = wanted, code = letter.Code })).Fails(401, "invalid_credentials");
        (await bob.Http.Post("auth/email/verify", new { email = wanted, code = letter.Code })).Fails(401, "invalid_credentials");
        (await ann.Http.Post("auth/email/verify", new { email = wanted, code = letter.Code })).Ok(204);
        (await ann.Http.Get("auth/me")).Ok(200)["email"].GetString().ShouldBe(wanted);
        await Mail.LetterTo(AddressOf(ann), "Your email address was changed");
        (await Reset(reset.Secret, "another copper kettle 48")).Fails(401, "invalid_credentials");
        Mail.Letters.ShouldNotContain(l => l.To == AddressOf(bob) && l.Subject.Contains("new email", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A13_a_changed_password_and_a_new_kind_of_device_are_told_by_mail()
    {
        await using var ann = await Confirmed("ann");
        (await Server.Anonymous.Send(HttpMethod.Post, "auth/login", new { login = ann.Username, password = ann.Password }, ("User-Agent", "Firefox/1.0"))).Ok(200);
        var device = await Mail.LetterTo(AddressOf(ann), "a new device");
        device.Text.ShouldContain("Firefox");
        (await Server.Anonymous.Send(HttpMethod.Post, "auth/login", new { login = ann.Username, password = ann.Password }, ("User-Agent", "Firefox/2.0"))).Ok(200);
        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "another copper kettle 48" })).Ok(204);
        await Mail.LetterTo(AddressOf(ann), "Your password was changed");
        Mail.Letters.Count(l => l.To == AddressOf(ann) && l.Subject.Contains("new device", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Letters_are_written_in_the_language_of_their_reader_and_names_are_text()
    {
        var name = $"anja-{Guid.CreateVersion7().ToString("N")[^8..]}";
        (await Server.Anonymous.Send(
            HttpMethod.Post, "auth/register", new { email = name + "@example.org", username = name, password = Password, displayName = "<b>Anja</b> {code} Ünal" }, ("Accept-Language", "de-AT, en;q=0.5"))).Ok(201);
        var letter = await Mail.LetterTo(name + "@example.org");
        letter.Subject.ShouldBe("ChatMonolith: E-Mail-Adresse bestätigen");
        letter.Text.ShouldContain("Guten Tag <b>Anja</b> {code} Ünal,");
        letter.Html.ShouldContain("&lt;b&gt;Anja&lt;/b&gt; {code}");
        letter.Html.ShouldContain("lang=\"de\"");
    }

    [Fact]
    public async Task A_server_that_asks_for_it_lets_nobody_in_before_the_address_is_confirmed()
    {
        await using var mail = await MailServer.Start();
        await using var chat = await RunningServer.Start(Engine, [.. mail.Settings, ("Auth__EmailVerificationRequired", "true")]);
        (await chat.Anonymous.Post("auth/register", new { email = "ann@example.org", username = "ann", password = Password })).Ok(201);
        var login = new { login = "ann", password = Password };
        (await chat.Anonymous.Post("auth/login", login)).Fails(403, "email_not_verified");
        (await chat.Anonymous.Post("auth/login", new { login = "ann", password = "not this one" })).Fails(401, "invalid_credentials");
        var letter = await mail.LetterTo("ann@example.org");
        (await chat.Anonymous.Post("auth/email/verify", new { email = "ann@example.org", code = letter.Code })).Ok(204);
        (await chat.Anonymous.Post("auth/login", login)).Ok(200);
    }

    private Task<Answer> Verify(Person person, string code) => Server.Anonymous.Post("auth/email/verify", new { email = AddressOf(person), code });

    private Task<Answer> Reset(string token, string newPassword) => Server.Anonymous.Post("auth/password/reset", new { token, newPassword });

    public sealed class OnSqlite(MailedSqlite s) : EmailTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : EmailTests(s);
}
