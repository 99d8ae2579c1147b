using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Accounts;

/// <summary>
/// The time before there is an admin: only this machine, or the holder of the one set-up token, may register. The token is made at each
/// start without an admin, printed once, kept as a hash in memory, and dead as soon as there is an admin.
/// </summary>
internal sealed class Setup
{
    private byte[]? tokenHash;
    private volatile bool done;

    public string NewToken()
    {
        var token = Secrets.NewToken();
        tokenHash = Secrets.Hash(token);
        return token;
    }

    /// <summary>Whether there is no admin yet. Asks the database only until there is one.</summary>
    public async ValueTask<bool> IsDue(AuthDb db, CancellationToken ct)
    {
        if (!done && await HasAdmin(db, ct))
        {
            Finish();
        }

        return !done;
    }

    /// <summary>What the database says now, also inside a transaction that may yet fail: nothing is remembered of it.</summary>
    public static Task<bool> HasAdmin(AuthDb db, CancellationToken ct) => db.Accounts.AnyAsync(a => a.Role == ServerRole.Admin, ct);

    /// <summary>Whether this caller may make the first account. A token that is given must be right, also from this machine.</summary>
    public Error? Refuse(string? token, ClientInfo client)
    {
        var allowed = token is null ? client.IsLocal : tokenHash is { } hash && Secrets.AreEqual(hash, Secrets.Hash(token));
        return allowed
            ? null
            : new Error(ErrorCodes.SetupRequired, "This server is not set up yet. Register from the machine it runs on, or open the set-up link that it printed when it started.");
    }

    public void Finish()
    {
        done = true;
        tokenHash = null;
    }
}

/// <summary>Prints the set-up link when the server listens and has no admin. To the console itself, so that it reaches no log store.</summary>
internal sealed class PrintSetupLink(Setup setup, IServer server, IOptions<ServerOptions> options, IServiceScopeFactory scopes) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();

        // Requests are served already: a stop in this moment has to be an orderly one, not a start that was cancelled.
        if (await setup.IsDue(scope.ServiceProvider.GetRequiredService<AuthDb>(), CancellationToken.None))
        {
            await Console.Out.WriteLineAsync(
                $"""

                This server has no admin yet. Open this link once to make the first account, which becomes its admin:

                    {Address()}/setup#{setup.NewToken()}

                From another machine, put this server's name in place of localhost.

                """);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Address()
    {
        if (options.Value.PublicOrigin is { } known)
        {
            return known;
        }

        var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        foreach (var everywhere in (string[])["//0.0.0.0", "//[::]", "//+", "//*"])
        {
            bound = bound.Replace(everywhere, "//localhost", StringComparison.Ordinal);
        }

        return bound.TrimEnd('/');
    }
}
