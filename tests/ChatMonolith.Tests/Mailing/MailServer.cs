using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Mailing;

/// <summary>A letter as the mail server's own parser read it.</summary>
internal sealed record ReceivedLetter(JsonElement Json)
{
    public string To => Json.GetProperty("to")[0].GetString()!;

    public string Subject => Json.GetProperty("subject").GetString()!;

    public string Text => Json.GetProperty("text").GetString()!;

    public string Html => Json.GetProperty("html").GetString()!;

    /// <summary>The six digits that stand out.</summary>
    public string Code => Regex.Match(Text, "(?<=^    )[0-9]{6}(?=\r?$)", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Value;

    /// <summary>What stands after <c>#</c> in its link.</summary>
    public string Secret => Regex.Match(Text, "(?<=#)[A-Za-z0-9_-]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

    public string? Header(string name) =>
        Json.GetProperty("headers").EnumerateArray().Where(h => string.Equals(h[0].GetString(), name, StringComparison.OrdinalIgnoreCase)).Select(h => h[1].GetString()).SingleOrDefault();
}

/// <summary>A real mail server (Debian's python3-aiosmtpd) on loopback.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    public const string PublicUrl = "https://chat.example.org";
    private readonly TemporaryFolder folder = new();
    private readonly string security;
    private readonly string? login;
    private readonly double delay;
    private readonly List<string> earlier = [];
    private ChildProcess? process;

    public MailServer(string security = "None", string? login = null, double delay = 0)
    {
        this.security = security;
        this.login = login;
        this.delay = delay;
        Port = FreePorts.Next();
        Directory.CreateDirectory(folder.Root);
        SelfSigned.Write(CertificateFile, folder["key.pem"], "CN=mail.test");
    }

    public int Port { get; }

    public string CertificateFile => folder["certificate.pem"];

    /// <summary>What makes a chat server use it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Mail__Host", "127.0.0.1"), ("Mail__Port", Port.ToString(CultureInfo.InvariantCulture)), ("Mail__Security", security), ("Mail__Sender", "chat@example.org"),
        ("Mail__CertificateAuthority", security == "None" ? "" : CertificateFile), ("Mail__Login", login?.Split(':')[0] ?? ""), ("Mail__Password", login?.Split(':')[1] ?? ""),
        ("Mail__RetrySeconds", "1"), ("Mail__TimeoutSeconds", "5"), ("Server__PublicUrl", PublicUrl),
    ];

    public IReadOnlyList<ReceivedLetter> Letters =>
    [
        .. earlier.Concat((process?.Output ?? "").Split('\n')).Where(l => l.StartsWith("LETTER ", StringComparison.Ordinal)).Select(l => new ReceivedLetter(JsonSerializer.Deserialize<JsonElement>(l[7..]))),
    ];

    public static async Task<MailServer> Start(string security = "None", string? login = null, double delay = 0)
    {
        var server = new MailServer(security, login, delay);
        await server.Start();
        return server;
    }

    public async Task Start()
    {
        string[] arguments =
        [
            Path.Combine(Repository.Root, "tests", "ChatMonolith.Tests", "Mailing", "smtp_server.py"), "--port", Port.ToString(CultureInfo.InvariantCulture), "--security", security,
            "--certificate", CertificateFile, "--key", folder["key.pem"], "--delay", delay.ToString(CultureInfo.InvariantCulture), .. login is null ? Array.Empty<string>() : ["--login", login],
        ];
        var started = process = ChildProcess.Start("/usr/bin/python3", arguments);
        await Deadline.Until(() => started.Output.Contains("LISTENING", StringComparison.Ordinal) || started.HasExited, "the mail server to listen");
        started.HasExited.ShouldBeFalse(started.Output);
    }

    public async Task Stop()
    {
        if (process is { } running)
        {
            earlier.AddRange(running.Output.Split('\n'));
            process = null;
            await running.DisposeAsync();
        }
    }

    /// <summary>The newest letter to <paramref name="address"/> whose subject or text has <paramref name="words"/>, after <paramref name="skip"/> others of them.</summary>
    public async Task<ReceivedLetter> LetterTo(string address, string words = "", int skip = 0, TimeSpan? limit = null)
    {
        ReceivedLetter[] found = [];
        await Deadline.Until(
            () =>
            {
                found = [.. Letters.Where(l => l.To == address && (l.Subject.Contains(words, StringComparison.Ordinal) || l.Text.Contains(words, StringComparison.Ordinal)))];
                return found.Length > skip;
            },
            $"a letter to {address} with \"{words}\" beside {skip} others; there are {string.Join(", ", Letters.Select(l => $"{l.To}: {l.Subject}"))}",
            limit);
        return found[skip];
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        folder.Dispose();
    }
}

/// <summary>A chat server with mail, one for each database, for all tests of accounts; tests bring their own people.</summary>
public abstract class MailedServer(Engine engine) : IAsyncDisposable
{
    private readonly Lazy<Task<(RunningServer Chat, MailServer Mail)>> both = new(async () =>
    {
        var mail = await MailServer.Start();
        var chat = await RunningServer.Start(engine, mail.Settings);
        await chat.Register("admin");
        return (chat, mail);
    });

    public Engine Engine => engine;

    internal Task<(RunningServer Chat, MailServer Mail)> Running => both.Value;

    public async ValueTask DisposeAsync()
    {
        if (both.IsValueCreated && both.Value.IsCompletedSuccessfully)
        {
            var (chat, mail) = await both.Value;
            await chat.DisposeAsync();
            await mail.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class MailedSqlite() : MailedServer(Engine.Sqlite);

public sealed class MailedPostgres() : MailedServer(Engine.PostgreSql);

/// <summary>As <see cref="ServerTests"/>, on a server that sends mail.</summary>
public abstract class AccountTests(MailedServer fixture) : IAsyncLifetime
{
    protected const string Password = "long copper kettle 47";

    protected RunningServer Server { get; private set; } = null!;

    internal MailServer Mail { get; private set; } = null!;

    protected Engine Engine => fixture.Engine;

    public async ValueTask InitializeAsync() => (Server, Mail) = await fixture.Running;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A person with a confirmed address.</summary>
    protected async Task<Person> Confirmed(string name)
    {
        var person = await Server.Register(name);
        var letter = await Mail.LetterTo(AddressOf(person), "confirm your email");
        (await Server.Anonymous.Post("auth/email/verify", new { email = AddressOf(person), code = letter.Code })).Ok(204);
        return person;
    }

    protected static string AddressOf(Person person) => $"{person.Username}@example.org";

    protected Task<Answer> LogIn(Person person, string? code = null, string? password = null) =>
        Server.Anonymous.Post("auth/login", new { login = person.Username, password = password ?? person.Password, code });
}
