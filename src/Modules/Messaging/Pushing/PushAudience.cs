using System.Collections.Concurrent;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>
/// Who has a browser to be pushed to, in memory, so that a message to people without one costs nothing; and the signal that something is
/// owed. It follows the log: rows decide, this only says whether to look for them.
/// </summary>
internal sealed class PushAudience(IServiceScopeFactory scopes) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Guid, bool> people = new();
    private readonly SemaphoreSlim owed = new(0, 1);

    public bool IsEmpty => people.IsEmpty;

    public bool Has(Guid userId) => people.ContainsKey(userId);

    public void Add(Guid userId) => people[userId] = true;

    /// <summary>Something is owed, or its time may have come.</summary>
    public void Wake()
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

    public Task<bool> WaitForOwed(TimeSpan atMost, CancellationToken ct) => owed.WaitAsync(atMost, ct);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        foreach (var userId in await db.PushSubscriptions.Select(s => s.UserId).Distinct().ToListAsync(cancellationToken))
        {
            Add(userId);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => owed.Dispose();
}
