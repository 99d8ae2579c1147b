using ChatMonolith.Auth.Nodes;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Sessions;

/// <summary>A session's person has proven themselves again, or their credentials are others now: in the database, then in memory.</summary>
internal sealed class SessionProofs(AuthDb db, ProofNews proofs, SessionEnding ending, TimeProvider time)
{
    /// <summary>Within the caller's transaction.</summary>
    public async Task<int> Add(Guid sessionId, Proof proof, CancellationToken ct)
    {
        var now = time.Now();
        var known = await db.Sessions.Where(s => s.Id == sessionId).Select(s => s.Proof).SingleOrDefaultAsync(ct);
        var all = known | proof;
        return await db.Sessions.Where(s => s.Id == sessionId && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Proof, all).SetProperty(s => s.FreshAt, now), ct);
    }

    /// <summary>Ends the account's other sessions and tokens, within the caller's transaction.</summary>
    public async Task<List<Guid>> MarkOthers(Guid accountId, Guid except, CancellationToken ct)
    {
        var others = await db.Sessions.AsNoTracking().Where(s => s.AccountId == accountId && s.Id != except && s.EndedAt == null).Select(s => s.Id).ToListAsync(ct);
        await ending.Mark(others);
        return others;
    }

    /// <summary>After the commit.</summary>
    public async Task Committed(Caller caller, Proof proof, IReadOnlyCollection<Guid> ended, string reason)
    {
        if (proof is not Proof.None)
        {
            await proofs.Proven(caller.SessionId, proof, time.Now());
        }

        await ending.Announce(caller.UserId, ended, reason);
    }
}
