using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Auth.Nodes;

/// <summary>
/// What a person is on the server has changed, on all nodes. A letter says of whom, and each node reads the rest: so letters that come late,
/// twice or in another order do no harm.
/// </summary>
internal sealed class RoleNews(LiveSessions live, Guests guests, INodeBus bus, IServiceScopeFactory scopes) : INodeListener
{
    private const int AtOnce = 500;

    public string Topic => Guests.Topic;

    /// <summary>After the commit; when it returns, the role counts everywhere.</summary>
    public Task Tell(Guid accountId) => bus.TellAndWait(Topic, Guests.Letter(accountId));

    public Task Hear(Guid from, string letter) => Read([Guests.Account(letter)]);

    /// <summary>The roles of all who are in memory, and who is a guest.</summary>
    public async Task Missed()
    {
        foreach (var some in live.All.Where(s => s.EndedAt == 0).Select(s => s.AccountId).Distinct().ToList().Chunk(AtOnce))
        {
            await Read(some);
        }

        await guests.StartAsync(CancellationToken.None);
    }

    private async Task Read(Guid[] accountIds)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        Dictionary<Guid, ServerRole> read;
        long changesBefore;
        do
        {
            changesBefore = live.RoleChanges;
            read = await db.Accounts.Where(a => accountIds.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Role);
        }
        while (!live.TryTakeOver(read, changesBefore));

        foreach (var (accountId, role) in read)
        {
            guests.Apply(accountId, role);
        }
    }
}
