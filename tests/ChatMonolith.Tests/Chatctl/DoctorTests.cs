using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ChatMonolith.Tests.Backups;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Tests.Chatctl;

/// <summary><c>chatctl doctor</c> on what is well, and on what is not.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public DoctorTests() => Directory.CreateDirectory(folder.Root);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_machine_and_a_configuration_that_are_well_get_no_complaint(Engine engine)
    {
        await using var mail = await MailServer.Start("StartTls");
        await using var store = engine is Engine.Sqlite ? await S3Store.Start() : null;
        await File.WriteAllTextAsync(folder["passphrase"], "eleven quiet lanterns 83\n", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder["backups"]);
        WriteCertificate(days: 90);
        await using var chat = await RunningServer.Start(
            engine, [.. mail.Settings, .. store?.Settings ?? [], ("Backup__Provider", "Folder"), ("Backup__Directory", folder["backups"]), ("Backup__PassphraseFile", folder["passphrase"])]);
        await using var admin = await chat.Register("Root");
        (await admin.Http.Post("admin/jobs/backups.make/run")).Ok(204);
        var outcome = await admin.Outcome("backup", "");
        outcome.GetProperty("ok").GetBoolean().ShouldBeTrue(outcome.ToString());

        var settings = new Dictionary<string, string>(chat.Settings) { ["Server__Certificate"] = folder["tls.pem"], ["Alerts__DiskMegaBytes"] = "1", ["Alerts__DiskDangerMegaBytes"] = "1" };
        var (code, found) = await Doctor(settings, chat.DataFolder, chat.Address.ToString());

        // How many files a process may open is the machine's own.
        found.Where(f => f.Word("verdict") != "ok" && f.Word("check") != "limits").ShouldBeEmpty();
        code.ShouldBe(found.Any(f => f.Word("verdict") == "warning") ? 1 : 0);
        string[] checks = ["settings", "folder", "disk", "database", "server", "clock", "backups", "mail", "address", "proxy", "certificate", "limits", "thumbnails"];
        found.Select(f => f.Word("check")).Distinct().ShouldBe([.. checks, engine is Engine.Sqlite ? "files" : "pg_dump"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_broken_is_named_with_the_next_step_and_the_rest_is_looked_at_all_the_same()
    {
        Directory.CreateDirectory(folder["data"]);
        File.SetUnixFileMode(folder["data"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await File.WriteAllBytesAsync(folder["data/secret.key"], RandomNumberGenerator.GetBytes(32), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder["data/secret.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var dead = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Alerts__Webhook"] = "https://alerts.example.org/in", ["Auth__StepUpMinutes"] = "-1", ["Alerts__DiskMegaBytes"] = "1", ["Database__Provider"] = "PostgreSql",
            ["ConnectionStrings__Default"] = $"Host=127.0.0.1;Port={dead};Database=chat;Username=chat;Password=hidden-from-the-doctor", ["Storage__Provider"] = "S3", ["Storage__Endpoint"] = $"http://127.0.0.1:{dead}",
            ["Storage__Bucket"] = "chat", ["Storage__AccessKey"] = "key", ["Storage__SecretKey"] = "hidden-from-the-doctor", ["Mail__Host"] = "127.0.0.1", ["Mail__Port"] = dead, ["Mail__Security"] = "None",
            ["Mail__Sender"] = "chat@example.org", ["Server__PublicUrl"] = "http://chat.example.org", ["Server__TrustedProxies__0"] = "0.0.0.0/0", ["Server__Certificate"] = folder["none.pem"],
            ["Backup__Provider"] = "Folder", ["Backup__Directory"] = folder["none"], ["Backup__Recipients__0"] = folder["none.pub"],
        };
        var (code, found) = await Doctor(settings, folder["data"], "http://localhost:5080");
        code.ShouldBe(2);
        string Problems(string check) => string.Join('\n', found.Where(f => f.Word("check") == check && f.Word("verdict") == "problem").Select(f => f.Word("text")));
        Problems("settings").ShouldContain("Alerts:WebhookSecret");
        Problems("settings").ShouldContain("StepUpMinutes");
        Problems("folder").ShouldContain("secret.key");
        Problems("database").ShouldContain("PostgreSQL does not answer");
        Problems("files").ShouldContain("bucket chat");
        Problems("mail").ShouldContain("cannot be reached");
        Problems("address").ShouldContain("plain HTTP");
        Problems("proxy").ShouldContain("everybody");
        Problems("certificate").ShouldContain("none.pem");
        Problems("backups").ShouldContain("none.pub");
        found.Where(f => f.Word("verdict") != "ok").ShouldAllBe(f => f.Word("next").Length > 10);
        found.ShouldNotContain(f => f.ToString().Contains("hidden-from-the-doctor", StringComparison.Ordinal));

        // In words, and with the same code; and what is no folder at all.
        var words = await ChatctlRun.With(new Dictionary<string, string>(), "doctor", "--data", folder["nowhere"]);
        words.ExitCode.ShouldBe(2);
        words.Output.ShouldContain("PROBLEM  folder");
        words.Output.ShouldContain("-> Name the right one");
        (await ChatctlRun.With(new Dictionary<string, string>(), "doctor", "--data", folder["nowhere"], "--url", "nothing")).Refuses("no address");
    }

    [Fact]
    public async Task A_damaged_database_is_found_and_nothing_of_it_is_changed()
    {
        Directory.CreateDirectory(folder["data"]);
        var path = folder["data/chat.db"];
        await using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a); WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000) INSERT INTO t SELECT 'row number ' || x FROM n";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        (await Doctor(settings, folder["data"], "http://localhost:5080")).Found.ShouldContain(f => f.Word("check") == "database" && f.Word("text").Contains("whole", StringComparison.Ordinal));
        (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).ShouldBe(before);

        RandomNumberGenerator.Fill(before.AsSpan(before.Length / 2, 4096));
        await File.WriteAllBytesAsync(path, before, TestContext.Current.CancellationToken);
        var (code, found) = await Doctor(settings, folder["data"], "http://localhost:5080");
        code.ShouldBe(2);
        found.ShouldContain(f => f.Word("check") == "database" && f.Word("verdict") == "problem" && f.Word("text").Contains("damaged", StringComparison.Ordinal));
        (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    private static async Task<(int Code, JsonElement[] Found)> Doctor(IReadOnlyDictionary<string, string> settings, string data, string url)
    {
        var run = await ChatctlRun.With(settings, "doctor", "--data", data, "--url", url, "--json");
        var told = JsonSerializer.Deserialize<JsonElement>(run.Output);
        told.Word("verdict").ShouldBe(run.ExitCode switch { 0 => "ok", 1 => "warning", _ => "problem" });
        return (run.ExitCode, [.. told.GetProperty("findings").EnumerateArray()]);
    }

    private void WriteCertificate(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=chat.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
        File.WriteAllText(folder["tls.pem"], certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
