using System.Collections.Concurrent;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Admin.Jobs;

/// <summary>
/// Which jobs an admin has paused. The scheduler forgets it when it is given its schedules anew at a start, so rows say it, and the runs
/// ask here. Before the first of them what an ended life of this node left running is settled.
/// </summary>
internal sealed class PausedJobs(IServiceScopeFactory scopes, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> names = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim one = new(1, 1);
    private volatile bool isReady;

    /// <summary>Of this process, as history names it.</summary>
    public static string Node { get; } = Environment.MachineName.Length > JobRunRow.MaxNode ? Environment.MachineName[..JobRunRow.MaxNode] : Environment.MachineName;

    public bool Contains(string job) => names.ContainsKey(job);

    /// <summary>After the row is committed.</summary>
    public void Set(string job, bool isPaused)
    {
        if (isPaused)
        {
            names[job] = true;
        }
        else
        {
            names.TryRemove(job, out _);
        }
    }

    /// <summary>Reads the rows, once.</summary>
    public async ValueTask Ready(CancellationToken ct)
    {
        if (isReady)
        {
            return;
        }

        await one.WaitAsync(ct);
        try
        {
            if (isReady)
            {
                return;
            }

            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
            var now = time.Now();
            await using (var transaction = await db.Database.BeginTransactionAsync(ct))
            {
                await db.JobRuns.Where(r => r.Node == Node && r.Result == RunResult.Running)
                    .ExecuteUpdateAsync(set => set.SetProperty(r => r.Result, RunResult.Interrupted).SetProperty(r => r.EndedAt, now), ct);
                await transaction.CommitAsync(ct);
            }

            foreach (var job in await db.PausedJobs.Select(p => p.Job).ToListAsync(ct))
            {
                names[job] = true;
            }

            isReady = true;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();
}
