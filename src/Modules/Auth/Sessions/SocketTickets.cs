using System.Collections.Concurrent;
using ChatMonolith.Auth.Nodes;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

/// <summary>
/// Tickets for one socket handshake each, in memory: they live for seconds, and a restart ends the sockets anyway. With several nodes in the
/// database, since another one may be shown them.
/// </summary>
internal sealed class SocketTickets(SharedOnce shared, IOptions<AuthOptions> options, TimeProvider time)
{
    private const int SweepAbove = 1000;
    private const string Purpose = "ticket ";
    private readonly ConcurrentDictionary<string, Ticket> tickets = new(StringComparer.Ordinal);

    public int LifetimeSeconds => options.Value.TicketSeconds;

    public async ValueTask<string> Issue(Guid sessionId, CancellationToken ct)
    {
        var ticket = Secrets.NewToken();
        if (shared.IsNeeded)
        {
            await shared.Put(Purpose + ticket, sessionId.ToString("N"), TimeSpan.FromSeconds(LifetimeSeconds), ct);
            return ticket;
        }

        if (tickets.Count > SweepAbove)
        {
            Sweep();
        }

        tickets[Key(ticket)] = new Ticket(sessionId, time.GetTimestamp());
        return ticket;
    }

    /// <summary>The ticket's session, for the first one who asks within its time; else null.</summary>
    public async ValueTask<Guid?> Redeem(string ticket, CancellationToken ct) =>
        shared.IsNeeded ? await shared.Take(Purpose + ticket, ct) is { } sessionId ? Guid.ParseExact(sessionId, "N") : null
        : tickets.TryRemove(Key(ticket), out var found) && !HasExpired(found) ? found.SessionId : null;

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
