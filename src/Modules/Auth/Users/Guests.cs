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
    private readonly Lock sync = new();
    private long changes;

    /// <summary>What the nodes tell each other of a role: whose. What it is, stands in the database.</summary>
    public static string Letter(Guid userId) => userId.ToString("N", CultureInfo.InvariantCulture);

    public static Guid Account(string letter) => Guid.ParseExact(letter, "N");

    public bool IsGuest(Guid userId) => !guests.IsEmpty && guests.ContainsKey(userId);

    /// <summary>After a commit; the other nodes hear of it.</summary>
    public void Set(Guid userId, ServerRole role)
    {
        Apply(userId, role);
        bus.Tell(Topic, Letter(userId));
    }

    public void Apply(Guid userId, ServerRole role)
    {
        lock (sync)
        {
            changes++;
            if (role is ServerRole.Guest)
            {
                guests[userId] = true;
            }
            else
            {
                guests.TryRemove(userId, out _);
            }
        }
    }

    /// <summary>By hand, as all that is read before the server is ready: Entity Framework would first have to build its model.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        long before;
        do
        {
            before = Volatile.Read(ref changes);
        }
        while (!TryTakeOver(await Read(cancellationToken), before));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool TryTakeOver(HashSet<Guid> found, long changesBefore)
    {
        lock (sync)
        {
            if (changes != changesBefore)
            {
                // Somebody became a guest, or is none any more, while they were read.
                return false;
            }

            foreach (var userId in found)
            {
                guests[userId] = true;
            }

            foreach (var former in guests.Keys.Where(id => !found.Contains(id)))
            {
                guests.TryRemove(former, out _);
            }

            return true;
        }
    }

    private async Task<HashSet<Guid>> Read(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM auth_accounts WHERE role = @role";
        command.With("@role", (int)ServerRole.Guest);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new HashSet<Guid>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(Database.ReadId(reader, 0));
        }

        return found;
    }
}
