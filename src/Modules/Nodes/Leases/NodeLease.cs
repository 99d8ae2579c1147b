using System.Diagnostics;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.Nodes.Data;
using ChatMonolith.Nodes.Letters;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatMonolith.Nodes.Leases;

/// <summary>
/// This node's lease: renewed three times in its length, by the database's clock there and by the machine's steady clock here. From when
/// it was asked for, not from when it was granted: so this node takes itself for dead before another can. What a dead one has begun in the
/// database is cut off by whichever node sees it first.
/// </summary>
internal sealed class NodeLease(
    Database database, NodeIdentity identity, NodePosts posts, NodeLag lag, Hub hub, IOptions<NodesOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<NodeLease> logger) : BackgroundService, INodes
{
    private readonly TimeSpan length = TimeSpan.FromSeconds(options.Value.LeaseSeconds);
    private readonly CancellationTokenSource over = new();
    private NpgsqlConnection? connection;
    private volatile IReadOnlyList<LeaseRow> others = [];
    private volatile bool isFirst;
    private volatile bool isDraining;
    private bool hasDied;
    private long heldUntil;
    private string? problem;

    public bool AreSeveral => true;

    public Guid Me => identity.Me;

    public bool HoldsLease => Stopwatch.GetTimestamp() < Volatile.Read(ref heldUntil);

    public bool IsLeader => isFirst && !isDraining && HoldsLease;

    public string Guard => "SELECT 1 FROM nodes_leases WHERE id = $1 AND fenced_at IS NULL";

    /// <summary>It takes no new sockets, and leaves what only one does to another.</summary>
    public bool IsDraining => isDraining;

    public void Drain() => isDraining = true;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(Drain);
        // Nothing is in memory yet that could be out of date.
        Hold(await Begin(cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await over.CancelAsync();
        await base.StopAsync(cancellationToken);
        Volatile.Write(ref heldUntil, 0);
        if (connection is not null)
        {
            try
            {
                await NodeTable.Leave(connection, Me, cancellationToken);
            }
            catch (Exception e) when (DatabaseFailures.Classify(e) is not null)
            {
                logger.LogDebug(e, "The lease runs out by itself");
            }

            await connection.DisposeAsync();
        }
    }

    /// <summary>Those of the nodes that do not even renew their leases.</summary>
    public async Task<Guid[]> Hanging(Guid[] nodes, CancellationToken ct)
    {
        await using var own = await database.OpenOwn(ct);
        return await NodeTable.NotRenewed(own, nodes, length, ct);
    }

    /// <summary>Returns when the nodes neither act nor have anything under way in the database.</summary>
    public async Task ShutOut(Guid[] nodes, CancellationToken ct)
    {
        await using var own = await database.OpenOwn(ct);
        await NodeTable.ShutOut(own, nodes, onlyExpired: false, ct);
        while (await NodeTable.MayAct(own, nodes, ct))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, ct);
        }

        logger.LogWarning("Shut out: {Nodes}", nodes);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(length / 3, TimeProvider.System);
        while (!over.IsCancellationRequested && await Next(timer))
        {
            try
            {
                await Round(CancellationToken.None);
            }
            catch (Exception e)
            {
                problem = LeaseRow.Cut(e.Message, LeaseRow.MaxProblem);
                logger.LogWarning(e, "The lease could not be renewed");
                await Disconnect();
            }

            if (!HoldsLease)
            {
                CutSockets();
            }
        }
    }

    public override void Dispose()
    {
        over.Dispose();
        base.Dispose();
    }

    private async Task<bool> Next(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A new life, under a new name. It may act when <see cref="Hold"/> is called, which is for the caller to do.</summary>
    /// <returns>When the lease was asked for.</returns>
    private async Task<long> Begin(CancellationToken ct)
    {
        connection ??= await database.OpenOwn(ct);
        await posts.Listen(ct);
        await LookAndReap(ct);
        var next = Guid.NewGuid();
        var began = Stopwatch.GetTimestamp();
        await NodeTable.Register(connection, Describe(next), length, ct);
        identity.BeginLife(next);
        await Look(ct);
        return began;
    }

    private LeaseRow Describe(Guid id)
    {
        return new LeaseRow
        {
            Id = id,
            Name = LeaseRow.Cut(options.Value.NameOrMachine, LeaseRow.MaxName),
            Version = LeaseRow.Cut(Product.Version, LeaseRow.MaxVersion),
            Backend = database.ProcessName,
        };
    }

    private async Task Round(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(length);
        connection ??= await database.OpenOwn(patience.Token);
        var began = Stopwatch.GetTimestamp();
        var figures = new NodeFigures(identity.Told, hub.Sockets, hub.Topics, lag.Milliseconds, isDraining, problem ?? posts.Problem);
        if (await NodeTable.Renew(connection, Me, length, figures, patience.Token) is not { } now)
        {
            logger.LogError("Another node has taken this one for dead; its sockets are closed, and it begins anew");
            Volatile.Write(ref heldUntil, 0);
            CutSockets();
            began = await Begin(patience.Token);
            HoldWhenRead(began, await posts.MissedByAll().WaitAsync(patience.Token));
            return;
        }

        HoldWhenRead(began, await posts.Settle().WaitAsync(patience.Token));
        (time as NodeClock)?.Adjust(now, Stopwatch.GetElapsedTime(began) / 2);
        await LookAndReap(patience.Token);
        if (IsLeader)
        {
            await NodeTable.Tidy(connection, patience.Token);
        }
    }

    /// <summary>A node that does not know which rights have ended may not act.</summary>
    private void HoldWhenRead(long since, bool isRead)
    {
        if (!isRead)
        {
            throw new InvalidOperationException("What the other nodes said cannot be read anew.");
        }

        Hold(since);
    }

    private void Hold(long since) => Volatile.Write(ref heldUntil, since + (long)(length.TotalSeconds * Stopwatch.Frequency));

    /// <returns>The nodes that have died, and whose connections nobody has ended yet.</returns>
    private async Task<Guid[]> Look(CancellationToken ct)
    {
        var (now, rows) = await NodeTable.All(connection!, ct);
        var living = rows.Where(r => r.FencedAt is null && r.LeaseUntil >= now).ToList();
        var before = others;
        others = living.FindAll(r => r.Id != Me);
        isFirst = living.Where(r => !r.Draining).OrderBy(r => r.StartedAt).ThenBy(r => r.Id).FirstOrDefault()?.Id == Me;
        foreach (var gone in before.Where(b => !others.Any(o => o.Id == b.Id)))
        {
            logger.LogWarning("The node {Name} has ended", gone.Name);
            hasDied |= rows.Any(r => r.Id == gone.Id);
            posts.Gone(gone.Id);
        }

        await posts.Compare(others);
        return [.. rows.Where(r => r.Id != Me && !r.Reaped && (r.FencedAt is not null || r.LeaseUntil < now)).Select(r => r.Id)];
    }

    /// <summary>
    /// A node that died may have committed what it had no time to tell: when nothing of it can be committed any more, everything is read
    /// anew. One that left in order has told all.
    /// </summary>
    private async Task LookAndReap(CancellationToken ct)
    {
        var dead = await Look(ct);
        if (dead.Length > 0)
        {
            await NodeTable.ShutOut(connection!, dead, onlyExpired: true, ct);
        }

        if (hasDied)
        {
            await posts.MissedByAll().WaitAsync(ct);
            hasDied = false;
        }
    }

    private void CutSockets() => hub.Post(static floor =>
    {
        foreach (var open in floor.AllConnections.ToList())
        {
            open.CutOff();
        }
    });

    private async Task Disconnect()
    {
        var failed = connection;
        connection = null;
        try
        {
            await (failed?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception e)
        {
            logger.LogDebug(e, "The failed connection did not end in order");
        }
    }
}
