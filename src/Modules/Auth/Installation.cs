using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Auth;

/// <summary>
/// Which installation this is. The id lives in the database and is not derived from the server's secret, so that a second
/// installation that shares the secret still refuses this one's tokens (ASVS 9.2.4). Read before anything is served.
/// </summary>
internal sealed class Installation(IServiceScopeFactory scopes, Database database, TimeProvider time) : IHostedLifecycleService
{
    private Guid id;

    public Guid Id => id != default ? id : throw new InvalidOperationException("The installation's id is read when the server starts.");

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        id = await Read(cancellationToken);
        if (id != default)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        db.Installations.Add(new InstallationRow { InstallationId = Guid.CreateVersion7(), CreatedAt = time.Now() });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (DatabaseFailures.IsDuplicate(e))
        {
            // Another node of the same database was first.
        }

        id = await Read(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>By hand, since Entity Framework's model of the module would otherwise have to be built before the server is ready.</summary>
    private async Task<Guid> Read(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT installation_id FROM auth_installation";
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Database.ReadId(reader, 0) : default;
    }
}
