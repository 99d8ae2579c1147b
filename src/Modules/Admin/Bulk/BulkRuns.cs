using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Admin.Bulk;

/// <summary>
/// Does one act to many things, one after the other, and knows how far it is. Before each it is asked whether who started it still is an
/// admin. It lives in memory: what was done stands in the audit log, and what was not when the server stopped is done by asking again.
/// </summary>
internal sealed class BulkRuns(IServiceScopeFactory scopes, ISessionState sessions, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BulkRuns> logger)
{
    private const int MostKept = 50;
    private const int MostAtOnce = 4;
    private readonly ConcurrentDictionary<Guid, BulkRun> runs = new();

    public BulkRun? Find(Guid id) => runs.GetValueOrDefault(id);

    /// <returns>Null where too many go on already.</returns>
    public BulkRun? Start(string action, IReadOnlyList<Guid> ids, Actor actor)
    {
        if (runs.Values.Count(r => !r.IsOver) >= MostAtOnce)
        {
            return null;
        }

        foreach (var old in runs.Values.Where(r => r.IsOver).OrderByDescending(r => r.Id).Skip(MostKept))
        {
            runs.TryRemove(old.Id, out _);
        }

        var run = new BulkRun(action, ids.Count, time.Now());
        runs[run.Id] = run;
        _ = Task.Run(() => Go(run, ids, actor), CancellationToken.None);
        return run;
    }

    private async Task Go(BulkRun run, IReadOnlyList<Guid> ids, Actor actor)
    {
        foreach (var id in ids)
        {
            if (run.IsStopped || lifetime.ApplicationStopping.IsCancellationRequested || !sessions.IsAdmin(actor.SessionId))
            {
                break;
            }

            run.Count(id, await Apply(run.Action, actor, id));
        }

        run.End(time.Now());
    }

    private async Task<Error?> Apply(string action, Actor actor, Guid id)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetServices<IBulkAction>().Single(a => a.Name == action).Apply(actor, id, CancellationToken.None);
        }
        catch (Exception e)
        {
            if (DatabaseFailures.Classify(e) is { } known)
            {
                return known;
            }

            logger.LogError(e, "{Action} of {Id} failed unexpectedly", action, id);
            return new Error(ErrorCodes.Internal, "Something went wrong here.");
        }
    }
}

internal sealed record BulkFailure(Guid Id, string Code, string Detail);

/// <summary>One act on many, and how far it is.</summary>
internal sealed class BulkRun(string action, int total, long startedAt)
{
    private const int MostFailures = 100;
    private readonly Lock sync = new();
    private readonly List<BulkFailure> failures = [];
    private int done;
    private int failed;
    private long? endedAt;

    public Guid Id { get; } = Guid.CreateVersion7();

    public string Action => action;

    public bool IsStopped { get; private set; }

    public bool IsOver
    {
        get
        {
            lock (sync)
            {
                return endedAt is not null;
            }
        }
    }

    public void Stop() => IsStopped = true;

    public void Count(Guid id, Error? error)
    {
        lock (sync)
        {
            if (error is null)
            {
                done++;
                return;
            }

            failed++;
            if (failures.Count < MostFailures)
            {
                failures.Add(new BulkFailure(id, error.Code, error.Detail));
            }
        }
    }

    public void End(long at)
    {
        lock (sync)
        {
            endedAt = at;
        }
    }

    public BulkView ToView()
    {
        lock (sync)
        {
            return new BulkView(Id, action, total, done, failed, endedAt is not null, [.. failures], startedAt, Instant.From(endedAt));
        }
    }
}

/// <summary>How far an act on many is. <paramref name="Failures"/> has the first 100.</summary>
internal sealed record BulkView(Guid Id, string Action, int Total, int Done, int Failed, bool IsOver, IReadOnlyList<BulkFailure> Failures, Instant StartedAt, Instant? EndedAt);
