namespace ChatMonolith.Tests.Harness;

/// <summary>
/// The base of every integration test. An area's tests stand in one abstract class; two nested ones, <c>OnSqlite(SqliteServer s)</c> and
/// <c>OnPostgreSql(PostgresServer s)</c>, run all of them on each database.
/// </summary>
public abstract class ServerTests(ServerFixture fixture) : IAsyncLifetime
{
    /// <summary>The shared server of this database.</summary>
    protected RunningServer Server { get; private set; } = null!;

    protected Engine Engine => fixture.Engine;

    public async ValueTask InitializeAsync() => Server = await fixture.Running;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
