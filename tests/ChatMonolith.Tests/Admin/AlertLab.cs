using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatMonolith.Admin.Alerts;
using ChatMonolith.Admin.Data;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Hooks;
using ChatMonolith.Tests.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Admin;

/// <summary>A server in this process, on a clock that the test moves, whose mail server does not answer and whose rounds the test makes.</summary>
internal sealed class AlertLab : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-receiver";
    public const string To = "ops@example.org";
    private readonly TemporaryFolder folder = new();
    private InProcess server = null!;

    private MovedClock Clock { get; } = new();

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public HookReceiver Receiver { get; } = new();

    public HttpCaller Http { get; private set; } = null!;

    public IServiceProvider Services => server.Services;

    public string PassphraseFile => folder["passphrase"];

    public static async Task<AlertLab> Open(Engine engine)
    {
        var lab = new AlertLab();
        try
        {
            await lab.Start(engine);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>One look at everything by each of several schedulers at once; then what is open.</summary>
    public async Task<string[]> Look(int schedulers = 1)
    {
        await Task.WhenAll(Enumerable.Range(0, schedulers).Select(async _ =>
        {
            await using var scope = Services.CreateAsyncScope();
            await ActivatorUtilities.CreateInstance<WatchAlerts>(scope.ServiceProvider).Execute(null!, TestContext.Current.CancellationToken);
        }));
        return [.. (await Alerts("state=open")).Select(a => $"{a.Word("name")} {a.Word("level")}").Order(StringComparer.Ordinal)];
    }

    public async Task<System.Text.Json.JsonElement[]> Alerts(string filters) => [.. (await Http.Get($"admin/alerts?{filters}")).Ok(200)["items"].EnumerateArray()];

    public async Task<System.Text.Json.JsonElement> Facts(string name) => (await Alerts($"state=open&name={name}"))[0].GetProperty("facts");

    /// <summary>How many letters of a kind are owed to the operator.</summary>
    public async Task<int> Letters(LetterKind kind) =>
        await In(async db => await db.Database.SqlQueryRaw<int>("SELECT CAST(COUNT(*) AS INT) AS \"Value\" FROM mail_outbox WHERE address = {0} AND kind = {1}", To, (int)kind).SingleAsync());

    /// <summary>What this server's instrument says of an alert; <c>/metrics</c> would mix it with those of others in this process.</summary>
    public int Figure(string name)
    {
        var (value, meters) = (-1, Services.GetRequiredService<IMeterFactory>());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "chat.alert" && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, measured, tags, _) => value = tags.ToArray().Any(t => name.Equals(t.Value)) ? measured : value);
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }

    public async Task Set(string key, object? value) => (await Http.Put("admin/settings", new { values = new Dictionary<string, object?> { [key] = value } })).Ok(200);

    public async Task<T> In<T>(Func<AdminDb, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AdminDb>());
    }

    public Task Change(string sql, params object[] values) => In(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
#pragma warning disable EF1002 // The text is the test's own.
        var changed = await db.Database.ExecuteSqlRawAsync(sql, values);
#pragma warning restore EF1002
        await transaction.CommitAsync();
        changed.ShouldBeGreaterThan(0, sql);
        return changed;
    });

    /// <summary>Time passes, and the admin's session with it.</summary>
    public async Task Move(TimeSpan by)
    {
        Clock.Move(by);
        await LogIn();
    }

    /// <summary>Runs a job, paused or not, and waits for the end of this run.</summary>
    public async Task<string> Run(string job)
    {
        var before = (await History(job)).Length;
        (await Http.Post($"admin/jobs/{job}/run")).Ok(204);
        var runs = await History(job);
        await Deadline.Until(async () => (runs = await History(job)).Length > before && runs.All(r => r.Word("result") != "running"), $"the end of {job}", TimeSpan.FromSeconds(60));
        return runs[0].Word("result");
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        await Receiver.DisposeAsync();
        folder.Dispose();
    }

    private async Task LogIn() => Http.AccessToken = (await Http.Post("auth/login", new { login = "root", password = "long copper kettle 47" })).Ok(200)["accessToken"].GetString();

    private async Task<System.Text.Json.JsonElement[]> History(string job) => [.. (await Http.Get($"admin/jobs/{job}/history?limit=200")).Ok(200)["items"].EnumerateArray()];

    private async Task Start(Engine engine)
    {
        Directory.CreateDirectory(folder.Root);
        await File.WriteAllTextAsync(PassphraseFile, "eleven quiet lanterns 83\n");
        WriteCertificate(TimeSpan.FromDays(20));
        string[] database = engine is Engine.Sqlite ? [] : ["--Database:Provider=PostgreSql", $"--ConnectionStrings:Default={await (await PostgresCluster.Shared).CreateDatabase()}"];
        server = await InProcess.Start(
            Clock,
            [
                "--Auth:AccessTokenMinutes=1440", "--Auth:StepUpMinutes=1440", "--Alerts:DiskMegaBytes=0", "--Alerts:DiskDangerMegaBytes=0", $"--Alerts:MailTo={To}", $"--Alerts:Webhook={Receiver.Address}in",
                $"--Alerts:WebhookSecret={Secret}", "--Hooks:AllowPrivateAddresses=true", "--Hooks:RetrySeconds=1", "--Mail:Host=127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"--Mail:Port={FreePorts.Next()}"), "--Mail:Security=None", "--Mail:Sender=chat@example.org", "--Server:PublicUrl=https://chat.example.org",
                "--Backup:Provider=Folder", $"--Backup:Directory={folder["backups"]}", $"--Backup:PassphraseFile={PassphraseFile}", $"--Server:Certificate={folder["tls.pem"]}", .. database,
            ]);
        Http = new HttpCaller(server.Address);
        (await Http.Post("auth/register", new { username = "root", email = "root@example.org", password = "long copper kettle 47" })).Ok(201);
        await LogIn();
        foreach (var job in new[] { WatchAlerts.Name, "admin.sample-stats", "backups.make", "backups.drill", "mail.send" })
        {
            (await Http.Post($"admin/jobs/{job}/pause")).Ok(204);
        }

        await Deadline.Until(async () => (await History(WatchAlerts.Name)).All(r => r.Word("result") != "running"), "the first look to be over");
    }

    private void WriteCertificate(TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=chat.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(Clock.GetUtcNow().AddDays(-1), Clock.GetUtcNow() + life);
        File.WriteAllText(folder["tls.pem"], certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
