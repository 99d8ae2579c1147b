using System.Text;
using ChatMonolith.Auth.SecondFactors;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>Authenticator apps, recovery codes, codes by mail, and the step-up.</summary>
public abstract class SecondFactorTests(MailedServer fixture) : AccountTests(fixture)
{
    [Fact]
    public async Task A12_A18_once_an_app_is_set_up_the_password_alone_opens_nothing_and_a_code_works_once()
    {
        await using var ann = await Confirmed("ann");
        await using var other = await ann.AtAnotherDevice();
        var (app, recovery) = await TotpApp.SetUp(ann);
        recovery.Length.ShouldBe(10);
        recovery.Distinct().Count().ShouldBe(10);
        (await ann.Http.Get("auth/me")).Ok(200);
        (await other.Http.Get("auth/me")).Fails(401, "unauthenticated");
        var refused = (await LogIn(ann)).Fails(401, "two_factor_required");
        refused["methods"].EnumerateArray().Select(m => m.GetString()).ShouldBe(["totp", "email", "recovery"]);
        refused.Text.ShouldNotContain("accessToken");
        (await LogIn(ann, "000000")).Fails(401, "invalid_credentials");
        (await LogIn(ann, app.Next, password: "not this one")).Fails(401, "invalid_credentials");
        var code = app.Next;
        (await LogIn(ann, code)).Ok(200);
        (await LogIn(ann, code)).Fails(401, "invalid_credentials");
        (await LogIn(ann, recovery[0])).Ok(200);
        (await LogIn(ann, recovery[0])).Fails(401, "invalid_credentials");
        (await LogIn(ann, recovery[1].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal))).Ok(200);
        (await ann.Http.Get("auth/2fa")).Ok(200)["recoveryCodesLeft"].GetInt32().ShouldBe(8);
        await Mail.LetterTo(AddressOf(ann), "An authenticator app was set up");
        await Mail.LetterTo(AddressOf(ann), "A recovery code was used");
    }

    [Fact]
    public async Task B13_members_that_a_client_makes_up_skip_nothing()
    {
        await using var ann = await Confirmed("ann");
        await TotpApp.SetUp(ann);
        var made = new { login = ann.Username, password = ann.Password, mfa = true, skip = true, twoFactor = "done", methods = Array.Empty<string>() };
        (await Server.Anonymous.Post("auth/login", made)).Fails(401, "two_factor_required");
        (await Server.Anonymous.SendText(HttpMethod.Post, "auth/login", $$"""{"login":"{{ann.Username}}","password":"{{ann.Password}}","code":{"$ne":""} }""")).Fails(400, "validation");
        (await Server.Anonymous.SendText(HttpMethod.Post, "auth/login", $$"""{"login":"{{ann.Username}}","password":"{{ann.Password}}","code":["000000"]}""")).Fails(400, "validation");
    }

    [Fact]
    public async Task A_code_by_mail_is_a_second_factor_but_not_after_a_reset_by_mail_A16()
    {
        await using var ann = await Confirmed("ann");
        var (_, recovery) = await TotpApp.SetUp(ann);
        (await Server.Anonymous.Post("auth/code", new { login = ann.Username, password = "not this one" })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post("auth/code", new { login = ann.Username, password = ann.Password })).Ok(202);
        var letter = await Mail.LetterTo(AddressOf(ann), "your login code");
        (await LogIn(ann, letter.Code)).Ok(200);
        (await LogIn(ann, letter.Code)).Fails(401, "invalid_credentials");

        (await Server.Anonymous.Post("auth/password/forgot", new { email = AddressOf(ann) })).Ok(202);
        var reset = await Mail.LetterTo(AddressOf(ann), "/reset#");
        const string next = "another copper kettle 48";
        (await Server.Anonymous.Post("auth/password/reset", new { token = reset.Secret, newPassword = next })).Ok(204);
        (await LogIn(ann, password: next)).Fails(401, "two_factor_required")["methods"].EnumerateArray().Select(m => m.GetString()).ShouldBe(["totp", "recovery"]);
        (await Server.Anonymous.Post("auth/code", new { login = ann.Username, password = next })).Ok(202);
        (await LogIn(ann, recovery[0], next)).Ok(200);
        (await LogIn(ann, password: next)).Fails(401, "two_factor_required")["methods"].EnumerateArray().Select(m => m.GetString()).ShouldContain("email");
        Mail.Letters.Count(l => l.To == AddressOf(ann) && l.Subject.Contains("login code", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A12_the_app_is_removed_by_password_and_code_alone_and_then_asks_no_more()
    {
        await using var ann = await Confirmed("ann");
        var (app, recovery) = await TotpApp.SetUp(ann);
        (await ann.Http.Post("auth/2fa/totp")).Fails(409, "conflict");
        (await ann.Http.Delete("auth/2fa/totp", new { password = "not this one", code = app.Next })).Fails(401, "invalid_credentials");
        (await ann.Http.Delete("auth/2fa/totp", new { password = ann.Password, code = "000000" })).Fails(401, "invalid_credentials");
        (await ann.Http.Delete("auth/2fa/totp", new { password = ann.Password })).Fails(400, "validation");
        (await ann.Http.Delete("auth/2fa/totp", new { password = ann.Password, code = app.Next })).Ok(204);
        (await ann.Http.Delete("auth/2fa/totp", new { password = ann.Password, code = recovery[0] })).Fails(404, "not_found");
        (await LogIn(ann)).Ok(200);
        (await ann.Http.Get("auth/2fa")).Ok(200)["recoveryCodesLeft"].GetInt32().ShouldBe(0);
        await Mail.LetterTo(AddressOf(ann), "was removed from your account");
    }

    [Fact]
    public async Task A19_codes_and_secrets_are_not_in_the_database_as_they_are()
    {
        await using var ann = await Confirmed("ann");
        var secret = (await ann.Http.Post("auth/2fa/totp")).Ok(200)["secret"].GetString()!;
        var codes = (await ann.Http.Post("auth/2fa/totp/confirm", new { code = new TotpApp(secret).Now })).Ok(200)["recoveryCodes"].EnumerateArray().Select(c => c.GetString()!).ToArray();
        (await Server.Anonymous.Post("auth/code", new { login = ann.Username, password = ann.Password })).Ok(202);
        var token = (await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString()!;
        if (Engine is Engine.Sqlite)
        {
            var everything = Directory.EnumerateFiles(Server.DataFolder, "chat.db*").SelectMany(ReadShared).ToArray();
            foreach (var canary in codes.Concat(codes.Select(c => c.Replace("-", "", StringComparison.Ordinal))).Append(secret).Append(token))
            {
                everything.AsSpan().IndexOf(Encoding.ASCII.GetBytes(canary)).ShouldBe(-1, canary);
            }
        }

        foreach (var canary in codes.Append(secret).Append(token))
        {
            Server.Output.ShouldNotContain(canary);
        }
    }

    [Fact]
    public async Task A20_the_steps_of_RFC_6238_and_one_before_and_after_and_none_twice()
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        foreach (var (seconds, code) in ((long, string)[])[(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")])
        {
            Totp.CodeAt(secret, Totp.StepAt(seconds * 1000)).ShouldBe(code);
        }

        const long now = 1234567890_000;
        var step = Totp.StepAt(now);
        foreach (var drift in (int[])[-1, 0, 1])
        {
            Totp.Match(secret, Totp.CodeAt(secret, step + drift), now, lastStep: 0).ShouldBe(step + drift);
        }

        foreach (var drift in (int[])[-3, -2, 2, 3])
        {
            Totp.Match(secret, Totp.CodeAt(secret, step + drift), now, lastStep: 0).ShouldBeNull();
        }

        Totp.Match(secret, Totp.CodeAt(secret, step), now, lastStep: step).ShouldBeNull();
        Totp.Match(secret, Totp.CodeAt(secret, step - 1), now, lastStep: step).ShouldBeNull();
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A21_B11_B12_wrong_codes_are_counted_for_the_account_from_wherever_and_at_every_door()
    {
        await using var chat = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"), ("Server__TrustedProxies__0", "127.0.0.1"));
        await using var ann = await chat.Register("ann");
        var (app, _) = await TotpApp.SetUp(ann);
        for (var i = 0; i < 10; i++)
        {
            var answer = i % 2 == 0
                ? await chat.Anonymous.Send(HttpMethod.Post, "auth/login", new { login = ann.Username, password = ann.Password, code = "000000" }, ("X-Forwarded-For", $"203.0.113.{i}"))
                : await ann.Http.Post("auth/step-up", new { password = ann.Password, code = "000000" });
            answer.Fails(401, "invalid_credentials");
        }

        var locked = await chat.Anonymous.Send(HttpMethod.Post, "auth/login", new { login = ann.Username, password = ann.Password, code = app.Next }, ("X-Forwarded-For", "203.0.113.99"));
        locked.Fails(429, "locked_out");
        int.Parse(locked.Header("retry-after")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 31);
        (await ann.Http.Post("auth/step-up", new { password = ann.Password, code = app.Next })).Fails(429, "locked_out");

        // Who knows no password counts for nothing here.
        (await ann.Http.Get("auth/me")).Ok(200);
    }

    [Fact]
    public async Task Ten_new_recovery_codes_void_the_old_ones()
    {
        await using var ann = await Confirmed("ann");
        (await ann.Http.Post("auth/2fa/recovery-codes")).Fails(409, "conflict");
        var (_, old) = await TotpApp.SetUp(ann);
        var renewed = (await ann.Http.Post("auth/2fa/recovery-codes")).Ok(200)["recoveryCodes"];
        (await LogIn(ann, old[0])).Fails(401, "invalid_credentials");
        (await LogIn(ann, renewed[0].GetString())).Ok(200);
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public sealed class OnSqlite(MailedSqlite s) : SecondFactorTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : SecondFactorTests(s);
}
