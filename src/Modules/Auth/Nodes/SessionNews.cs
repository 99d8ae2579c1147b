using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Auth.Nodes;

/// <summary>
/// The end of sessions, here and on the other nodes. What was said of a session in memory is checked against the database when word of its
/// end may have been missed.
/// </summary>
internal sealed class SessionNews(LiveSessions live, ISocketSessions sockets, IEnumerable<ISessionWork> works, INodeBus bus) : INodeListener
{
    private const int AtOnce = 500;

    public string Topic => "auth.sessions";

    /// <summary>When it returns, nothing of these sessions is accepted any more, on whichever node that lives.</summary>
    public async Task End(IReadOnlyCollection<Guid> sessionIds)
    {
        await EndHere(sessionIds);
        foreach (var some in sessionIds.Chunk(AtOnce))
        {
            await bus.TellAndWait(Topic, string.Join(' ', some.Select(id => id.ToString("N"))));
        }
    }

    public Task Hear(Guid from, string letter) => EndHere([.. letter.Split(' ').Select(text => Guid.ParseExact(text, "N"))]);

    public async Task Missed()
    {
        foreach (var some in live.All.Where(s => s.EndedAt == 0).Select(s => s.Id).ToList().Chunk(AtOnce))
        {
            var living = await live.Living(some, CancellationToken.None);
            await EndHere([.. some.Where(id => !living.Contains(id))]);
        }
    }

    private async Task EndHere(IReadOnlyCollection<Guid> sessionIds)
    {
        if (sessionIds.Count == 0)
        {
            return;
        }

        live.MarkEnded(sessionIds);
        await sockets.End(sessionIds, CancellationToken.None);
        foreach (var work in works)
        {
            await work.End(sessionIds);
        }
    }
}
