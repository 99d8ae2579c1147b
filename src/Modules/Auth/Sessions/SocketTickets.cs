using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

/// <summary>Tickets for one socket handshake each, in memory: they live for seconds, and a restart ends the sockets anyway.</summary>
internal sealed class SocketTickets(IOptions<AuthOptions> options, TimeProvider time)
{
    private const int SweepAbove = 1000;
    private readonly ConcurrentDictionary<string, Ticket> tickets = new(StringComparer.Ordinal);

    public int LifetimeSeconds => options.Value.TicketSeconds;

    public string Issue(Guid sessionId)
    {
        if (tickets.Count > SweepAbove)
        {
            Sweep();
        }

        var ticket = Secrets.NewToken();
        tickets[Key(ticket)] = new Ticket(sessionId, time.GetTimestamp());
        return ticket;
    }

    /// <summary>The ticket's session, for the first one who asks within its time; else null.</summary>
    public Guid? Redeem(string ticket) =>
        tickets.TryRemove(Key(ticket), out var found) && !HasExpired(found) ? found.SessionId : null;

    public void Sweep()
    {
        foreach (var (key, ticket) in tickets)
        {
            if (HasExpired(ticket))
            {
                tickets.TryRemove(key, out _);
            }
        }
    }

    private static string Key(string ticket) => Convert.ToBase64String(Secrets.Hash(ticket));

    private bool HasExpired(Ticket ticket) => time.GetElapsedTime(ticket.IssuedAt) > TimeSpan.FromSeconds(LifetimeSeconds);

    private sealed record Ticket(Guid SessionId, long IssuedAt);
}
