using System.Text.Json;
using ChatMonolith.Admin.Alerts;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Mail.Composing;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Hooks;
using ChatMonolith.Tests.Mailing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Admin;

/// <summary>What the server tells its admins without being asked.</summary>
public class AlertTests
{
    private const int Everything = 1_073_741_824;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task What_is_wrong_is_told_once_to_each_channel_however_many_look_again_after_a_day_and_at_its_end(Engine engine)
    {
        await using var lab = await AlertLab.Open(engine);
        (await lab.Look()).ShouldBeEmpty();

        // The night in between, and letters that nobody takes, shall have no say in this.
        await lab.Set("Alerts:BackupGraceHours", 720);
        await lab.Set("Alerts:MailMinutes", 2880);
        lab.Receiver.Answers.Enqueue(503);
        await lab.Set("Alerts:DiskMegaBytes", Everything);
        (await lab.Look(schedulers: 6)).ShouldBe(["disk-low warning"]);
        var alert = (await lab.Alerts("state=open")).ShouldHaveSingleItem();
        (alert.Word("state"), alert.GetProperty("endedAt").ValueKind).ShouldBe(("open", JsonValueKind.Null));
        long.Parse(alert.GetProperty("facts").Word("bytes"), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        (await lab.Letters(LetterKind.AlertRaised)).ShouldBe(1);
        (alert.GetProperty("waiting").GetInt32(), alert.Word("problem")).ShouldBe((1, "It answered 503."));
        lab.Receiver.Taken.ShouldBeEmpty();

        // Nothing new: only the webhook is asked again, once its wait is over, with the same mark.
        await lab.Move(TimeSpan.FromMinutes(2));
        await lab.Look(schedulers: 6);
        var first = lab.Receiver.Taken.ShouldHaveSingleItem();
        first.IsSignedWith(AlertLab.Secret).ShouldBeTrue();
        (first.Path, first.Id).ShouldBe(("/in", lab.Receiver.Refused.ShouldHaveSingleItem().Id));
        var told = JsonSerializer.Deserialize<JsonElement>(first.Body);
        (told.Word("type"), told.Word("name"), told.Word("news"), told.Word("level"), told.Word("address")).ShouldBe(("alert", "disk-low", "raised", "warning", "https://chat.example.org"));
        told.GetProperty("id").GetGuid().ShouldBe(alert.GetProperty("id").GetGuid());
        (await lab.Letters(LetterKind.AlertRaised), await lab.Letters(LetterKind.AlertLasts)).ShouldBe((1, 0));

        // Worse is told at once, and what lasts after a day; each once.
        await lab.Set("Alerts:DiskDangerMegaBytes", Everything);
        (await lab.Look(schedulers: 6)).ShouldBe(["disk-low danger"]);
        (await lab.Letters(LetterKind.AlertLasts)).ShouldBe(1);
        await lab.Move(TimeSpan.FromHours(23));
        await lab.Look();
        (await lab.Letters(LetterKind.AlertLasts)).ShouldBe(1);
        await lab.Move(TimeSpan.FromHours(2));
        await lab.Look(schedulers: 6);
        (await lab.Letters(LetterKind.AlertLasts)).ShouldBe(2);
        await lab.Look();
        lab.Figure("disk-low").ShouldBe(2);

        await lab.Set("Alerts:DiskDangerMegaBytes", null);
        await lab.Set("Alerts:DiskMegaBytes", null);
        (await lab.Look(schedulers: 6)).ShouldBeEmpty();
        (await lab.Letters(LetterKind.AlertOver)).ShouldBe(1);
        await lab.Look();
        lab.Figure("disk-low").ShouldBe(0);
        await lab.Move(TimeSpan.FromMinutes(1));
        await lab.Look();
        lab.Receiver.Taken.Select(d => JsonSerializer.Deserialize<JsonElement>(d.Body).Word("news")).ShouldBe(["raised", "lasts", "lasts", "over"]);
        lab.Receiver.Taken.Select(d => d.Id).ShouldBeUnique();
        (await lab.Alerts("state=ended&name=disk-low")).ShouldHaveSingleItem().GetProperty("waiting").GetInt32().ShouldBe(0);
        (await lab.Http.Get("admin/alerts?format=csv")).Ok(200).Text.ShouldStartWith("id,name,title,level,state,facts,");
        (await lab.Http.Get("admin/alerts?state=none")).Fails(400, "validation");
        (await lab.Http.Get("admin/alerts?name=none")).Fails(400, "validation");
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Each_thing_that_can_be_wrong_raises_its_alert_and_mending_it_ends_it(Engine engine)
    {
        await using var lab = await AlertLab.Open(engine);

        // Requests: a share of them, and not of a handful.
        (await lab.Run("admin.sample-stats")).ShouldBe("succeeded");
        await lab.Change("DELETE FROM admin_samples");
        await Sample(lab, requests: 100, errors: 4);
        (await lab.Look()).ShouldBeEmpty();
        await lab.Move(TimeSpan.FromMinutes(1));
        await Sample(lab, requests: 20, errors: 8);
        (await lab.Look()).ShouldBe(["errors danger"]);
        ((await lab.Facts("errors")).Word("count"), (await lab.Facts("errors")).Word("percent")).ShouldBe(("12", "10"));
        await lab.Move(TimeSpan.FromMinutes(6));
        (await lab.Look()).ShouldBeEmpty();

        // The audit log: somebody changes an entry, and sets it right again.
        await lab.Change("UPDATE admin_audit SET action = action || '?' WHERE seq = 1");
        (await lab.Run("admin.check-audit")).ShouldBe("failed");
        (await lab.Look()).ShouldBe(["audit danger"]);
        (await lab.Facts("audit")).Word("problem").ShouldContain("entry 1");
        await lab.Change("UPDATE admin_audit SET action = REPLACE(action, '?', '') WHERE seq = 1");
        (await lab.Run("admin.check-audit")).ShouldBe("succeeded");
        (await lab.Look()).ShouldBeEmpty();

        // A backup that fails, and one that succeeds.
        File.Move(lab.PassphraseFile, lab.PassphraseFile + ".gone");
        (await lab.Run("backups.make")).ShouldBe("failed");

        // The webhook refuses this post for good: it is given up, and what comes after it is told.
        lab.Receiver.Answers.Enqueue(400);
        (await lab.Look()).ShouldBe(["backup-failed danger"]);
        lab.Receiver.Refused.Count.ShouldBe(1);
        (await lab.Alerts("state=open")).ShouldHaveSingleItem().GetProperty("waiting").GetInt32().ShouldBe(0);
        File.Move(lab.PassphraseFile + ".gone", lab.PassphraseFile);
        (await lab.Run("backups.make")).ShouldBe("succeeded");
        (await lab.Look()).ShouldBeEmpty();

        // The letters about all this have waited for too long; then the night's backup is missing, and the week's drill; the certificate ends.
        await lab.Move(TimeSpan.FromMinutes(90));
        (await lab.Look()).ShouldBe(["mail-stuck danger"]);
        await lab.Set("Alerts:Mail", value: false);
        await lab.Change("DELETE FROM mail_outbox");
        (await lab.Look()).ShouldBeEmpty();
        await lab.Move(TimeSpan.FromHours(31));
        (await lab.Look()).ShouldContain("backup-late danger");
        await lab.Move(TimeSpan.FromDays(8));

        // The first of several posts is not taken: it holds up its own alert alone.
        var taken = lab.Receiver.Taken.Count;
        lab.Receiver.Answers.Enqueue(503);
        (await lab.Look()).ShouldBe(["backup-late danger", "certificate warning", "drill-late danger"]);
        lab.Receiver.Refused.Count.ShouldBe(2);
        lab.Receiver.Taken.Count.ShouldBeGreaterThan(taken);
        (await lab.Alerts("state=open")).Sum(a => a.GetProperty("waiting").GetInt32()).ShouldBe(1);
        (await lab.Facts("certificate")).Word("days").ShouldBe("10");
        (await lab.Letters(LetterKind.AlertRaised)).ShouldBe(0, "mail is switched off");
        await lab.Move(TimeSpan.FromDays(8));
        (await lab.Look()).ShouldContain("certificate danger");
    }

    [Fact]
    public async Task Admins_hear_of_it_by_mail_in_their_language_and_a_restart_does_not_repeat_it()
    {
        await using var mail = await MailServer.Start();
        await using var chat = await RunningServer.Start(Engine.Sqlite, [.. mail.Settings, ("Mail__Language", "de"), ("Alerts__Mail", "true"), ("Alerts__DiskMegaBytes", "1073741824"), ("Alerts__DiskDangerMegaBytes", "0"), ("Alerts__RepeatHours", "0")]);
        await using var admin = await chat.Register("Olga");
        var address = $"{admin.Username}@example.org";
        (await chat.Anonymous.Post("auth/email/verify", new { email = address, code = (await mail.LetterTo(address)).Code })).Ok(204);

        // The first look came before the address was confirmed: what ends and begins anew is told.
        await Until(admin, "open", 1);
        (await admin.Http.Put("admin/settings", new { values = new Dictionary<string, object?> { ["Alerts:DiskMegaBytes"] = 0 } })).Ok(200);
        await Until(admin, "ended", 1);
        (await mail.LetterTo(address, "vorbei: Auf der Platte ist wenig Platz")).Text.ShouldContain("nichts zu tun");
        (await admin.Http.Put("admin/settings", new { values = new Dictionary<string, object?> { ["Alerts:DiskMegaBytes"] = null } })).Ok(200);
        await Until(admin, "open", 1);
        var letter = await mail.LetterTo(address, ": Auf der Platte ist wenig Platz", skip: 1);
        letter.Text.ShouldContain("frei");
        letter.Text.ShouldContain("https://chat.example.org/admin");

        await chat.Kill9();
        await chat.Restart();
        await Until(admin, "open", 1);
        mail.Letters.Count(l => l.Subject.Contains("wenig Platz", StringComparison.Ordinal)).ShouldBe(2);
        (await admin.Http.Get("admin/alerts")).Ok(200)["items"].GetArrayLength().ShouldBe(2);
        await Deadline.Until(async () => (await chat.Anonymous.Get("/metrics")).Text.Contains("chat_alert{alert=\"disk-low\"} 1", StringComparison.Ordinal), "the figure of the alert");
    }

    [Theory]
    [InlineData("Alerts:Webhook=https://alerts.example.org/in", "Alerts:WebhookSecret")]
    [InlineData("Alerts:Webhook=http://alerts.example.org/in,Alerts:WebhookSecret=0123456789abcdef", "https")]
    [InlineData("Alerts:MailTo=nobody", "Alerts:MailTo")]
    [InlineData("Alerts:ErrorPercent=0", "ErrorPercent")]
    public async Task A_setting_that_cannot_be_stops_the_start_and_is_named(string settings, string named)
    {
        using var folder = new TemporaryFolder();
        await using var app = ChatMonolith.Host.Server.Build([$"--Data:Directory={folder["data"]}", .. settings.Split(',').Select(s => "--" + s)]);
        Should.Throw<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain(named);
    }

    [Fact]
    public void What_an_alert_says_fits_into_its_row_however_json_writes_it()
    {
        var brief = Finding.Of("audit", AlertLevel.Danger, ("problem", "a \"quoted\" Läufer"), ("count", "7"));
        JsonSerializer.Deserialize<Dictionary<string, string>>(brief.ToJson()).ShouldBe(brief.Facts.ToDictionary(), ignoreOrder: true);
        foreach (var text in (string[])[new string('ü', 700), new string('"', 700), new string('\u0001', 700), string.Concat(Enumerable.Repeat("🚀", 350))])
        {
            var json = Finding.Of("audit", AlertLevel.Danger, ("problem", text), ("detail", text), ("count", "7")).ToJson();
            json.Length.ShouldBeLessThanOrEqualTo(AlertRow.MaxFacts);
            var facts = JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
            facts["count"].ShouldBe("7");
            text.ShouldStartWith(facts["problem"][..100]);
        }
    }

    [Fact]
    public void Every_alert_has_its_words_in_every_language()
    {
        foreach (var key in AlertNames.Titles.Keys.SelectMany(name => new[] { $"alert.{name}", $"alert.{name}.finding", $"alert.{name}.advice" }))
        {
            Templates.Languages.ShouldAllBe(language => Templates.Phrase(key, language) != key, key);
        }
    }

    private static Task Sample(AlertLab lab, int requests, int errors) => lab.Change(
        "INSERT INTO admin_samples (series, step, at, value, max) VALUES ('requests.count', 60, {0}, {1}, {1}), ('errors.count', 60, {0}, {2}, {2})",
        lab.Now / 60_000 * 60_000, (double)requests, (double)errors);

    private static async Task Until(Person admin, string state, int count)
    {
        await Deadline.Until(async () => (await admin.Http.Post("admin/jobs/admin.alerts/run")).Status is 204 or 409, "a look");
        await Deadline.Until(async () => (await admin.Http.Get($"admin/alerts?state={state}")).Ok(200)["items"].GetArrayLength() == count, $"{count} {state}");
    }
}
