using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Admin;

/// <summary>A server with mail and its admin, one for each database, for all tests of the administration.</summary>
public abstract class AdministeredServer(Engine engine) : IAsyncDisposable
{
    private readonly Lazy<Task<(RunningServer Chat, MailServer Mail, Person Admin)>> all = new(async () =>
    {
        var mail = await MailServer.Start();

        // However slow the machine: the admin's proof stays fresh for all tests.
        var chat = await RunningServer.Start(engine, [.. mail.Settings, ("Auth__StepUpMinutes", "1440"), ("Auth__AccessTokenMinutes", "1440")]);
        return (chat, mail, await chat.Register("Root"));
    });

    public Engine Engine => engine;

    internal Task<(RunningServer Chat, MailServer Mail, Person Admin)> Running => all.Value;

    public async ValueTask DisposeAsync()
    {
        if (all.IsValueCreated && all.Value.IsCompletedSuccessfully)
        {
            var (chat, mail, admin) = await all.Value;
            await admin.DisposeAsync();
            await chat.DisposeAsync();
            await mail.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class AdministeredSqlite() : AdministeredServer(Engine.Sqlite);

public sealed class AdministeredPostgres() : AdministeredServer(Engine.PostgreSql);

/// <summary>As <see cref="ServerTests"/>, with the server's admin at hand.</summary>
public abstract class AdminTests(AdministeredServer fixture) : IAsyncLifetime
{
    protected const string Password = "long copper kettle 47";

    protected RunningServer Server { get; private set; } = null!;

    internal MailServer Mail { get; private set; } = null!;

    protected Person Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync() => (Server, Mail, Admin) = await fixture.Running;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Entries of the audit log, the newest first.</summary>
    protected async Task<System.Text.Json.JsonElement[]> Audit(string filters) =>
        [.. (await Admin.Http.Get($"admin/audit?{filters}")).Ok(200)["items"].EnumerateArray()];
}
