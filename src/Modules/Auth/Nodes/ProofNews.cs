using System.Globalization;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Nodes;

namespace ChatMonolith.Auth.Nodes;

/// <summary>A person has proven themselves again: the next request of theirs may come to another node.</summary>
internal sealed class ProofNews(LiveSessions live, INodeBus bus) : INodeListener
{
    public string Topic => "auth.proofs";

    public Task Proven(Guid sessionId, Proof proof, long now)
    {
        live.Peek(sessionId)?.Proven(proof, now);
        return bus.TellAndWait(Topic, string.Create(CultureInfo.InvariantCulture, $"{sessionId:N} {(int)proof} {now}"));
    }

    public Task Hear(Guid from, string letter)
    {
        var parts = letter.Split(' ');
        live.Peek(Guid.ParseExact(parts[0], "N"))?.Proven((Proof)int.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
        return Task.CompletedTask;
    }
}
