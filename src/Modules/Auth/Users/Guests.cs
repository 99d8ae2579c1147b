using System.Collections.Concurrent;
using System.Globalization;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Auth;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Auth.Users;

/// <summary>The guests in memory. It follows the log: rows decide, and are read at the start.</summary>
internal sealed class Guests(Database database, INodeBus bus) : IGuests, IHostedService
{
    public const string Topic = "auth.roles";
    private readonly ConcurrentDictionary<Guid, bool> guests = new();

    public bool IsGuest(Guid userId) => !guests.IsEmpty && guests.ContainsKey(userId);

    /// <summary>After a commit; the other nodes hear of it.</summary>
    public void Set(Guid userId, ServerRole role)
    {
        Apply(userId, role);
        bus.Tell(Topic, string.Create(CultureInfo.InvariantCulture, $"{userId:N} {(int)role}"));
    }

    public void Apply(Guid userId, ServerRole role)
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
        var found = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(Database.ReadId(reader, 0));
        }

        foreach (var userId in found)
        {
            guests[userId] = true;
        }

        foreach (var former in guests.Keys.Where(id => !found.Contains(id)))
        {
            guests.TryRemove(former, out _);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
