using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Auth;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Auth.Users;

/// <summary>The guests in memory. It follows the log: rows decide, and are read at the start.</summary>
internal sealed class Guests(Database database) : IGuests, IHostedService
{
    private readonly ConcurrentDictionary<Guid, bool> guests = new();

    public bool IsGuest(Guid userId) => !guests.IsEmpty && guests.ContainsKey(userId);

    public void Set(Guid userId, ServerRole role)
    {
        if (role is ServerRole.Guest)
        {
            guests[userId] = true;
        }
        else
        {
            guests.TryRemove(userId, out _);
        }
    }

    /// <summary>By hand, as all that is read before the server is ready: Entity Framework would first have to build its model.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Open(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM auth_accounts WHERE role = @role";
        command.With("@role", (int)ServerRole.Guest);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            guests[Database.ReadId(reader, 0)] = true;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
