using System.Globalization;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.Contracts.Auth;

namespace ChatMonolith.Auth.Nodes;

/// <summary>What a person is on the server has changed, on all nodes.</summary>
internal sealed class RoleNews(LiveSessions live, Guests guests, INodeBus bus) : INodeListener
{
    public string Topic => Guests.Topic;

    /// <summary>After the commit; when it returns, the role counts everywhere.</summary>
    public Task Tell(Guid accountId, ServerRole role) => bus.TellAndWait(Topic, string.Create(CultureInfo.InvariantCulture, $"{accountId:N} {(int)role}"));

    public Task Hear(Guid from, string letter)
    {
        var parts = letter.Split(' ');
        var (accountId, role) = (Guid.ParseExact(parts[0], "N"), (ServerRole)int.Parse(parts[1], CultureInfo.InvariantCulture));
        live.SetRole(accountId, role);
        guests.Apply(accountId, role);
        return Task.CompletedTask;
    }

    /// <summary>Sessions are read anew when they are next used; who is a guest, now.</summary>
    public async Task Missed()
    {
        live.ForgetLiving();
        await guests.StartAsync(CancellationToken.None);
    }
}
