using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Auth.Nodes;

/// <summary>
/// Where several nodes serve one person: what one of them hands out for seconds or minutes and another may be shown, to be taken once. A
/// server alone keeps such things in memory.
/// </summary>
internal sealed class SharedOnce(INodes nodes, IServiceScopeFactory scopes, TimeProvider time)
{
    public bool IsNeeded => nodes.AreSeveral;

    public async Task Put(string key, string value, TimeSpan lifetime, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        db.Once.Add(new OnceRow { Key = Secrets.Hash(key), Value = value, ExpiresAt = time.Now() + (long)lifetime.TotalMilliseconds });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>What was put, for the first one who asks in time, on whichever node; else null.</summary>
    public async Task<string?> Take(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        var hash = Secrets.Hash(key);
        var row = await db.Once.AsNoTracking().SingleOrDefaultAsync(o => o.Key == hash, ct);

        if (row is null)
        {
            return null;
        }

        // One of several who read it deletes it.
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var isMine = await db.Once.Where(o => o.Key == hash).ExecuteDeleteAsync(CancellationToken.None) == 1;
        await transaction.CommitAsync(CancellationToken.None);
        return isMine && row.ExpiresAt > time.Now() ? row.Value : null;
    }

    public async Task Sweep(AuthDb db, CancellationToken ct)
    {
        if (nodes.AreSeveral)
        {
            var now = time.Now();
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.Once.Where(o => o.ExpiresAt <= now).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
        }
    }
}
