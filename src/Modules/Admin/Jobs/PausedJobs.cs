using System.Collections.Concurrent;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Jobs;

/// <summary>
/// Which jobs an admin has paused. The scheduler forgets it when it is given its schedules anew at a start, so rows say it, and the runs
/// ask here. Before the first of them what an ended life of this node left running is settled. The other nodes hear of a change.
/// </summary>
internal sealed class PausedJobs(IServiceScopeFactory scopes, INodeBus bus, IOptions<NodesOptions> options, TimeProvider time) : INodeListener, IDisposable
{
    private readonly ConcurrentDictionary<string, bool> names = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim one = new(1, 1);
    private volatile bool isReady;

    /// <summary>Of this process, as history names it.</summary>
    public string Node { get; } = options.Value.NameOrMachine is { Length: > JobRunRow.MaxNode } name ? name[..JobRunRow.MaxNode] : options.Value.NameOrMachine;

    public string Topic => "admin.paused-jobs";

    public bool Contains(string job) => names.ContainsKey(job);

    public Task Hear(Guid from, string letter) => Missed();

    public async Task Missed()
    {
        // Nothing was asked yet: whoever does reads the rows first.
        if (!isReady)
        {
            return;
        }

        await one.WaitAsync();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await Read(scope.ServiceProvider.GetRequiredService<AdminDb>(), CancellationToken.None);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>After the row is committed.</summary>
    public async Task Changed(string job)
    {
        await Missed();
        bus.Tell(Topic, job);
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

            await Read(db, ct);
            isReady = true;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private async Task Read(AdminDb db, CancellationToken ct)
    {
        var paused = await db.PausedJobs.Select(p => p.Job).ToHashSetAsync(ct);
        foreach (var job in paused)
        {
            names[job] = true;
        }

        foreach (var other in names.Keys.Where(name => !paused.Contains(name)))
        {
            names.TryRemove(other, out _);
        }
    }
}
