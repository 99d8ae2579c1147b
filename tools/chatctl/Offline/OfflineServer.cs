using ChatMonolith.Auth;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Host;
using ChatMonolith.Messaging.Log;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Offline;

/// <summary>
/// The server's own composition on a data folder whose server is stopped: the same handlers, log and database, but no listener and no
/// jobs. Holding it is holding the folder's lock.
/// </summary>
internal sealed class OfflineServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private bool logIsOpen;

    private OfflineServer(WebApplication app) => this.app = app;

    public IServiceProvider Services => app.Services;

    /// <param name="directory">The data folder.</param>
    /// <param name="mayBeNew">False: a folder without a database is refused instead of made.</param>
    /// <param name="ct">Cancels the opening.</param>
    /// <exception cref="StartRefusedException">The server is running, or the database is another version's.</exception>
    public static Task<OfflineServer> Open(string directory, bool mayBeNew, CancellationToken ct) => Open(directory, mayBeNew, _ => { }, [], ct);

    /// <param name="directory">The data folder of a server.</param>
    /// <param name="settings">What counts in place of what the environment says, such as <c>--Database:Provider=Sqlite</c>.</param>
    /// <param name="ct">Cancels the opening.</param>
    public static Task<OfflineServer> Open(string directory, string[] settings, CancellationToken ct) => Open(directory, mayBeNew: false, _ => { }, settings, ct);

    /// <param name="directory">The data folder, which may be new.</param>
    /// <param name="before">Done to the folder once its lock is held, and before anything is opened in it.</param>
    /// <param name="ct">Cancels the opening.</param>
    public static Task<OfflineServer> Compose(string directory, Action<string> before, CancellationToken ct) => Open(directory, mayBeNew: true, before, [], ct);

    private static async Task<OfflineServer> Open(string directory, bool mayBeNew, Action<string> before, string[] settings, CancellationToken ct)
    {
        // What the server would say on its console stands in the way of a tool's output; only what went wrong is told, on standard error.
        var built = Server.Build([$"--Data:Directory={directory}", "--Logging:LogLevel:Default=Warning", "--Logging:Console:LogToStandardErrorThreshold=Trace", .. settings]);
        var server = new OfflineServer(built);
        try
        {
            if (!mayBeNew && !Directory.Exists(directory))
            {
                throw new RefusedException($"There is no data folder {Path.GetFullPath(directory)}.");
            }

            before(built.Services.GetRequiredService<DataFolder>().Root);
            var database = built.Services.GetRequiredService<Database>();
            if (!mayBeNew && database.IsSqlite && !File.Exists(database.SqlitePath))
            {
                throw new RefusedException($"There is no database in {Path.GetFullPath(directory)}. Name the data folder of a server that has been started before.");
            }

            await built.Services.GetRequiredService<Schema>().Migrate(ct);
            await built.Services.GetRequiredService<Installation>().StartingAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the log's writer and what it hands its commits to. On PostgreSQL it refuses beside a running server.</summary>
    public async Task OpenLog(CancellationToken ct)
    {
        await app.Services.GetRequiredService<Epoch>().StartAsync(ct);
        await app.Services.GetRequiredService<Hub>().StartAsync(ct);
        await app.Services.GetRequiredService<LogWriter>().StartAsync(ct);
        logIsOpen = true;
    }

    /// <summary>Sends a request through the same door as the server's transports.</summary>
    public async Task<Result<T>> Ask<T>(IRequest<Result<T>> request, CancellationToken ct)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, ct);
    }

    /// <summary>Ends the log's writer in order: nothing waits for the tables any more.</summary>
    public async Task CloseLog()
    {
        if (logIsOpen)
        {
            logIsOpen = false;
            await app.Services.GetRequiredService<LogWriter>().StopAsync(CancellationToken.None);
            await app.Services.GetRequiredService<Hub>().StopAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseLog();
        await app.DisposeAsync();
    }
}
