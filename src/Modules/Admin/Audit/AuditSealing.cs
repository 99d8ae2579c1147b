using System.Threading.Channels;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Admin.Audit;

/// <summary>
/// Gives entries their place in the chain, in transactions of its own: one appends at a time, whatever number of causes commit at once.
/// What was committed before a crash is found at the next start.
/// </summary>
internal sealed class AuditSealing(IServiceScopeFactory scopes, AuditChain chain, TimeProvider time, ILogger<AuditSealing> logger) : BackgroundService
{
    private const int AtOnce = 500;
    private const int MostNotes = 5_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    /// <summary>A transaction that was open at the signal has ended by then, or is found by the next.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private readonly Channel<OwedAuditRow> notes = Channel.CreateBounded<OwedAuditRow>(new BoundedChannelOptions(MostNotes) { FullMode = BoundedChannelFullMode.Wait, SingleReader = false });
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim one = new(1, 1);
    private long left;

    public void Signal() => signals.Writer.TryWrite(true);

    public void Add(OwedAuditRow note)
    {
        if (!notes.Writer.TryWrite(note))
        {
            Interlocked.Increment(ref left);
        }

        Signal();
    }

    /// <summary>Everything that was committed or noted before the call is in the chain when it returns.</summary>
    public async Task Seal(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            while (await SealSome(ct))
            {
            }
        }
        finally
        {
            one.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Try(CancellationToken.None);
    }

    public override void Dispose()
    {
        one.Dispose();
        base.Dispose();
    }

    /// <summary>The head, locked until the transaction's end where there are row locks.</summary>
    public static async Task<AuditHeadRow> Lock(AdminDb db, CancellationToken ct)
    {
        var heads = db.Database.IsNpgsql() ? db.AuditHead.FromSql($"SELECT * FROM admin_audit_head WHERE key = 1 FOR UPDATE") : db.AuditHead;
        if (await heads.SingleOrDefaultAsync(h => h.Key == AuditHeadRow.TheKey, ct) is { } head)
        {
            return head;
        }

        var created = AuditChain.NewHead();
        db.AuditHead.Add(created);
        return created;
    }

    /// <summary>Appends to the locked chain; the caller saves and commits.</summary>
    public void Append(AdminDb db, AuditHeadRow head, OwedAuditRow owed, string actor)
    {
        var entry = ToEntry(owed, head.Seq + 1, actor, []);
        var hash = AuditChain.Next(head.Hash, entry);
        db.Audit.Add(ToEntry(owed, entry.Seq, actor, hash));
        (head.Seq, head.Hash) = (entry.Seq, hash);
        head.Mac = chain.MacOf(head);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Try(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var signal = signals.Reader.ReadAsync(waited.Token).AsTask();
            var told = await Task.WhenAny(signal, Task.Delay(Idle, time, waited.Token)) == signal && !stoppingToken.IsCancellationRequested;
            await waited.CancelAsync();
            if (told)
            {
                await Pause(Gathering, stoppingToken);
                await Try(stoppingToken);
                await Pause(Later, stoppingToken);
            }

            await Try(stoppingToken);
        }
    }

    private static AuditRow ToEntry(OwedAuditRow owed, long seq, string actor, byte[] hash) => new()
    {
        Seq = seq,
        At = owed.At,
        Action = owed.Action,
        ActorId = owed.ActorId,
        Actor = actor,
        SubjectType = owed.SubjectType,
        SubjectId = owed.SubjectId,
        Address = owed.Address,
        SessionId = owed.SessionId,
        Result = owed.Result,
        Details = owed.Details,
        Hash = hash,
    };

    private async Task Pause(TimeSpan length, CancellationToken ct)
    {
        try
        {
            await Task.Delay(length, time, ct);
        }
        catch (OperationCanceledException)
        {
            // Then the last round follows at once.
        }
    }

    private async Task Try(CancellationToken ct)
    {
        try
        {
            await Seal(ct);
        }
        catch (Exception e) when (ct.IsCancellationRequested || DatabaseFailures.Classify(e) is not null)
        {
            if (!ct.IsCancellationRequested)
            {
                logger.LogWarning(e, "The audit log could not be written; it is tried again");
            }
        }
        catch (Exception e)
        {
            logger.LogError(e, "The audit log met a defect; it is tried again");
        }
    }

    private async Task<bool> SealSome(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
        var noted = new List<OwedAuditRow>();
        while (noted.Count < AtOnce && notes.Reader.TryRead(out var note))
        {
            noted.Add(note);
        }

        var dropped = noted.Count > 0 ? Interlocked.Exchange(ref left, 0) : 0;
        if (dropped > 0)
        {
            noted.Add(AuditLog.ToRow(new AuditEvent("audit.left-out", ActorId: null, Result: AuditResult.Failed, Details: AuditEvent.Of(("count", $"{dropped}"))), time));
        }

        try
        {
            // Who they were is looked up first: whoever holds the write gate must not wait for another connection.
            var seen = await db.OwedAudit.AsNoTracking().OrderBy(o => o.Id).Take(AtOnce).Select(o => new { o.Id, o.ActorId }).ToListAsync(ct);
            if (noted.Count == 0 && seen.Count == 0)
            {
                return false;
            }

            Guid[] actors = [.. seen.Select(o => o.ActorId).Concat(noted.Select(o => o.ActorId)).OfType<Guid>().Distinct()];
            var people = await scope.ServiceProvider.GetRequiredService<IPeople>().Find(actors, ct);
            var ids = seen.ConvertAll(o => o.Id);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var head = await Lock(db, ct);
            var owed = await db.OwedAudit.Where(o => ids.Contains(o.Id)).OrderBy(o => o.Id).ToListAsync(ct);
            List<OwedAuditRow> all = [.. owed.Concat(noted).OrderBy(o => o.Id)];
            foreach (var entry in all)
            {
                Append(db, head, entry, entry.ActorId is { } id && people.TryGetValue(id, out var person) ? person.Username : "");
            }

            db.OwedAudit.RemoveRange(owed);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return owed.Count == AtOnce || noted.Count >= AtOnce;
        }
        catch
        {
            // Back to where they waited; their order follows from their ids.
            foreach (var note in noted)
            {
                notes.Writer.TryWrite(note);
            }

            throw;
        }
    }
}
