using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>
/// Who has a browser to be pushed to, in memory, so that a message to people without one costs nothing; and the signal that something is
/// owed. It follows the log: rows decide, this only says whether to look for them.
/// </summary>
internal sealed class PushAudience(Database database, INodes nodes, INodeBus bus) : IHostedService, INodeListener, IDisposable
{
    private readonly ConcurrentDictionary<Guid, bool> people = new();
    private readonly SemaphoreSlim owed = new(0, 1);

    public bool IsEmpty => people.IsEmpty;

    public bool Has(Guid userId) => people.ContainsKey(userId);

    public string Topic => "msg.push";

    /// <summary>Somebody has subscribed: on all nodes.</summary>
    public void Add(Guid userId)
    {
        people[userId] = true;
        bus.Tell(Topic, userId.ToString("N"));
    }

    public Task Hear(Guid from, string letter)
    {
        if (Guid.TryParseExact(letter, "N", out var userId))
        {
            people[userId] = true;
        }
        else
        {
            WakeHere();
        }

        return Task.CompletedTask;
    }

    public Task Missed() => StartAsync(CancellationToken.None);

    /// <summary>Something is owed, or its time may have come. One node sends it.</summary>
    public void Wake()
    {
        WakeHere();
        if (nodes is { AreSeveral: true, IsLeader: false })
        {
            bus.Tell(Topic, "");
        }
    }

    private void WakeHere()
    {
        try
        {
            owed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    public Task WaitForOwed(TimeSpan atMost, CancellationToken ct) => owed.WaitAsync(atMost, ct);

    /// <summary>By hand, as all that is read before the server is ready: Entity Framework would first have to build its model.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Open(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT user_id FROM msg_push_subscriptions";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            people[Database.ReadId(reader, 0)] = true;
        }
    }

    /// <summary>When the next notification that is owed has its time, in UTC milliseconds; null while none is owed.</summary>
    public async Task<long?> NextOwed(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT MIN(next_at) FROM msg_push_owed";
        return await command.ExecuteScalarAsync(ct) as long?;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => owed.Dispose();
}
