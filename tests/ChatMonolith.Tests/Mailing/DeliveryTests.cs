using System.Diagnostics;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Mailing;

/// <summary>Letters over real SMTP: what is owed is delivered, whatever the mail server is like just now.</summary>
public abstract class DeliveryTests(Engine engine)
{
    [Theory]
    [InlineData("None", null)]
    [InlineData("StartTls", "chat:Grüße, 40 €")]
    [InlineData("Tls", "chat:secret")]
    public async Task Letters_leave_over_every_kind_of_connection_with_login(string security, string? login)
    {
        await using var mail = await MailServer.Start(security, login);
        await using var chat = await RunningServer.Start(engine, mail.Settings);
        await using var ann = await chat.Register("ann");
        var letter = await mail.LetterTo($"{ann.Username}@example.org");
        letter.Json.GetProperty("tls").GetBoolean().ShouldBe(security != "None");
        letter.Json.GetProperty("login").GetString().ShouldBe(login?.Split(':')[0] ?? "");
        letter.Code.Length.ShouldBe(6);
        letter.Html.ShouldContain(letter.Code);
        letter.Json.GetProperty("longest").GetInt32().ShouldBeLessThan(998);
        letter.Json.GetProperty("defects").GetArrayLength().ShouldBe(0);
        letter.Header("From").ShouldBe("ChatMonolith <chat@example.org>");
        letter.Header("Auto-Submitted").ShouldBe("auto-generated");
        chat.Output.ShouldNotContain(letter.Code);
    }

    [Fact]
    public async Task A_mail_server_that_is_down_loses_no_letter_and_slows_no_request()
    {
        var mail = new MailServer();
        await using var disposed = mail;
        await using var chat = await RunningServer.Start(engine, mail.Settings);
        await using var admin = await chat.Register("admin");
        var started = Stopwatch.GetTimestamp();
        var people = new List<Person>();
        for (var i = 0; i < 5; i++)
        {
            people.Add(await chat.Register("ann"));
        }

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20), "ten hashings, and no wait for mail");
        await Deadline.Until(async () => (await admin.Http.Get("admin/mail")).Ok(200).Json.TryGetProperty("trouble", out var t) && t.ValueKind is System.Text.Json.JsonValueKind.String, "the admin to be told of the trouble");
        await chat.Kill9();
        await chat.Restart();
        await mail.Start();
        foreach (var person in people)
        {
            var letter = await mail.LetterTo($"{person.Username}@example.org", limit: TimeSpan.FromSeconds(60));
            (await chat.Anonymous.Post("auth/email/verify", new { email = $"{person.Username}@example.org", code = letter.Code })).Ok(204);
            await person.DisposeAsync();
        }

        await Deadline.Until(async () => (await admin.Http.Get("admin/mail")).Ok(200)["items"].GetArrayLength() == 0, "nothing to be owed any more");
        mail.Letters.Select(l => l.Header("Message-ID")).Distinct().Count().ShouldBe(mail.Letters.Count, "each once");
    }

    [Fact]
    public async Task Who_is_refused_for_good_is_given_up_who_is_refused_for_now_gets_it_later_and_who_is_slow_holds_up_nobody()
    {
        await using var mail = await MailServer.Start();
        await using var chat = await RunningServer.Start(engine, [.. mail.Settings, ("Mail__TimeoutSeconds", "2")]);
        await using var admin = await chat.Register("admin");
        foreach (var name in (string[])["refused", "silent", "later", "plain"])
        {
            (await chat.Anonymous.Post("auth/register", new { email = name + "@example.org", username = name + "-1", password = "long copper kettle 47" })).Ok(201);
        }

        await mail.LetterTo("plain@example.org", limit: TimeSpan.FromSeconds(30));
        await mail.LetterTo("later@example.org", limit: TimeSpan.FromSeconds(30));
        var dead = (await admin.Http.Get("admin/mail?state=dead")).Ok(200)["items"];
        dead.GetArrayLength().ShouldBe(1);
        dead[0].GetProperty("to").GetString().ShouldBe("refused@example.org");
        dead[0].GetProperty("problem").GetString()!.ShouldContain("550");
        var waiting = (await admin.Http.Get("admin/mail?state=waiting")).Ok(200)["items"];
        waiting.EnumerateArray().Select(w => w.GetProperty("to").GetString()).ShouldBe(["silent@example.org"]);
        mail.Letters.Count(l => l.To == "later@example.org").ShouldBe(1);

        // A stop does not wait for a mail server that does not answer.
        var stopping = Stopwatch.GetTimestamp();
        (await chat.Stop()).ShouldBe(0);
        Stopwatch.GetElapsedTime(stopping).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_spoken_to()
    {
        await using var mail = await MailServer.Start("StartTls", "chat:secret");
        await using var chat = await RunningServer.Start(engine, [.. mail.Settings, ("Mail__CertificateAuthority", "")]);
        await using var admin = await chat.Register("admin");
        await Deadline.Until(
            async () => (await admin.Http.Get("admin/mail")).Ok(200)["trouble"].ToString().Contains("TLS", StringComparison.Ordinal), "the admin to be told of the certificate");
        mail.Letters.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_mail_the_server_runs_on_and_says_so()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        (await chat.Anonymous.Get("config")).Ok(200)["mail"].GetBoolean().ShouldBeFalse();
        (await admin.Http.Get("admin/mail")).Ok(200)["works"].GetBoolean().ShouldBeFalse();
        (await ann.Http.Get("admin/mail")).Fails(403, "forbidden");
        (await chat.Anonymous.Post("auth/password/forgot", new { email = $"{ann.Username}@example.org" })).Ok(202);
        (await ann.Http.Post("auth/email/change", new { newEmail = "new@example.org" })).Fails(409, "conflict");
    }

    [Fact]
    public async Task Settings_that_cannot_work_stop_the_start()
    {
        var unworkable = new ((string Key, string Value)[] Settings, string Words)[]
        {
            ([("Mail__Host", "mail.example.org"), ("Mail__Sender", "chat@example.org")], "Server:PublicUrl"),
            ([("Mail__Host", "mail.example.org"), ("Mail__Sender", "chat\nBcc: x@example.org"), ("Server__PublicUrl", "https://chat.example.org")], "Mail:Sender"),
            ([("Mail__Host", "mail.example.org"), ("Mail__Sender", "chat@example.org"), ("Mail__Security", "None"), ("Server__PublicUrl", "https://chat.example.org")], "Mail:Security"),
        };
        foreach (var (settings, words) in unworkable)
        {
            await using var chat = await RunningServer.Prepare(engine, settings);
            var process = chat.Launch();
            (await process.Exited()).ShouldBe(2);
            process.Output.ShouldContain("Cannot start");
            process.Output.ShouldContain(words);
        }
    }

    public sealed class OnSqlite() : DeliveryTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : DeliveryTests(Engine.PostgreSql);
}
