namespace ChatMonolith.Tests.Harness;

/// <summary>
/// One server per database for all ordinary tests, started when the first of them asks. Tests share it and so bring their own people
/// and rooms; what stops, starves or reconfigures a server takes one of its own (<see cref="RunningServer.Start"/>).
/// </summary>
public abstract class ServerFixture(Engine engine, Func<Task<(string Key, string Value)[]>>? settings = null) : IAsyncDisposable
{
    private readonly Lazy<Task<RunningServer>> server = new(async () =>
    {
        var started = await RunningServer.Start(engine, settings is null ? [] : await settings());

        // The first account is the admin; the tests' people are not.
        try
        {
            await started.Register("admin");
            return started;
        }
        catch
        {
            // Which tells what the server had to say.
            await started.DisposeAsync();
            throw;
        }
    });

    public Engine Engine => engine;

    /// <summary>The shared server, running.</summary>
    public Task<RunningServer> Running => server.Value;

    public virtual async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated && server.Value.IsCompletedSuccessfully)
        {
            await (await server.Value).DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}

/// <summary>With a single connection, whoever holds one and waits for another waits for ever: each test of this server is one of that too.</summary>
public sealed class SqliteServer() : ServerFixture(Engine.Sqlite, () => Task.FromResult<(string, string)[]>([("Database__Connections", "1")]));

public sealed class PostgresServer() : ServerFixture(Engine.PostgreSql);

/// <summary>SQLite, with the bytes of files in S3.</summary>
public sealed class S3Server : ServerFixture
{
    private readonly Lazy<Task<S3Store>> store;

    public S3Server()
        : this(new Lazy<Task<S3Store>>(S3Store.Start))
    {
    }

    private S3Server(Lazy<Task<S3Store>> store)
        : base(Engine.Sqlite, async () => (await store.Value).Settings) => this.store = store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (store.IsValueCreated && store.Value.IsCompletedSuccessfully)
        {
            await (await store.Value).DisposeAsync();
        }
    }
}
