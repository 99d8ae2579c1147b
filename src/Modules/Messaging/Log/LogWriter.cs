using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Notifying;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The one writer. It commits in groups: everything that arrived while the last commit was being made durable goes into the next
/// one. What is committed is handed to the hub in the order of the log. Nothing is acknowledged before its commit has returned.
/// </summary>
internal sealed class LogWriter(
    Database database,
    WriteGate gate,
    LogHeads heads,
    IEnumerable<IModuleDatabase> databases,
    IRoomAccess access,
    ISessionState sessions,
    Hub hub,
    DiskReserve reserve,
    MessageNotices notices,
    IMessageFiles files,
    TimeProvider time,
    ILogger<LogWriter> logger) : BackgroundService, IRoomLog, IMeasured
{
    private const int MaxBatch = 512;

    /// <summary>On PostgreSQL each commit is some eight trips to another process, whatever it holds.</summary>
    private const int MaxBatchRemote = 2_048;
    private static readonly TimeSpan MergeAfter = TimeSpan.FromSeconds(2);

    /// <summary>More than that is merged at its pace while people still write: at one go it would keep them waiting.</summary>
    private const int MergedAtOnce = 4_096;
    private readonly LogQueue queue = new();
    private readonly Dictionary<Type, IModuleDatabase> databasesByContext = databases.ToDictionary(d => d.ContextType);
    private readonly List<LogItem> batch = new(MaxBatch);
    private readonly SlowMode slowMode = new();
    private readonly int maxBatch = database.IsSqlite ? MaxBatch : MaxBatchRemote;
    private LogConnection? connection;
    private ITimer? mergeSoon;
    private Task<Result<Nothing>>? merge;
    private readonly Lock mergeLock = new();
    private volatile int unmerged;
    private long committedItems;
    private long addedAtLook;
    private Histogram<double>? commitSeconds;
    private Histogram<int>? commitItems;
    private Counter<long>? commitFailures;

    public Task<Result<PostMessage.Posted>> Send(SendItem item) =>
        Enqueue(item) is { } error ? Task.FromResult<Result<PostMessage.Posted>>(error) : item.Outcome;

    /// <summary>Sends what has a reply of its own.</summary>
    public void SendPipelined(SendItem item)
    {
        if (Enqueue(item) is { } error)
        {
            item.Fail(error);
        }
    }

    public Task<Result<T>> Commit<T>(Func<ILogTransaction, CancellationToken, Task<Result<T>>> work, CommitOrigin origin, CancellationToken ct)
        where T : notnull => Commit(new WorkItem<T>(work, origin, isPlain: false));

    public Task<Result<T>> CommitBeside<T>(Func<ILogTransaction, CancellationToken, Task<Result<T>>> work)
        where T : notnull => Commit(new WorkItem<T>(work, new CommitOrigin(), isPlain: true));

    public Task Barrier(CancellationToken ct) => CommitBeside(static (_, _) => Task.FromResult<Result<Nothing>>(Nothing.Value));

    /// <summary>
    /// Returns when everything that is committed stands in the tables. At once where it does: so it is asked before each read.
    /// </summary>
    /// <exception cref="TimeoutException">The log takes no work just now.</exception>
    public ValueTask Settle(CancellationToken ct) => unmerged == 0 ? ValueTask.CompletedTask : new ValueTask(Merge(ct));

    public async ValueTask<long> LastSeq(Guid roomId, CancellationToken ct) => (await Head(roomId, ct).ConfigureAwait(false)).Committed.Seq;

    /// <summary>A room's head, loaded through the writer if need be, so that no load races a commit.</summary>
    public async ValueTask<LogHead> Head(Guid roomId, CancellationToken ct)
    {
        LogHead? head;
        while (!heads.Rooms.TryGetValue(roomId, out head))
        {
            await Load((connected, token) => connected.Rooms(heads, roomId, token), ct).ConfigureAwait(false);
        }

        return head;
    }

    public async ValueTask<LogHead> UserHead(Guid userId, CancellationToken ct)
    {
        LogHead? head;
        while (!heads.Users.TryGetValue(userId, out head))
        {
            await Load((connected, token) => connected.Users(heads, userId, token), ct).ConfigureAwait(false);
        }

        return head;
    }

    public void Measure(Meter meter)
    {
        commitItems = meter.CreateHistogram(
            "chat.log.commit.items", "{item}", "Messages and other changes in one commit", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 512] });
        commitFailures = meter.CreateCounter<long>("chat.log.commit.failures", "{commit}", "Commits that failed; nothing of them was acknowledged");
        meter.CreateObservableUpDownCounter("chat.log.waiting", () => queue.Count, "{item}", "What waits for the next commit");
        meter.CreateObservableUpDownCounter("chat.log.unmerged", () => unmerged, "{entry}", "Committed entries that are not in the indexed tables yet");
        commitSeconds = meter.CreateHistogram(
            "chat.log.commit.duration", "s", "One commit of the log, from its turn until it is on disk",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5] });
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        mergeSoon = time.CreateTimer(_ => MergeInCalm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        connection = await LogConnection.Open(database, heads, cancellationToken).ConfigureAwait(false);
        Gauge();
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was accepted is committed; then the loop ends by itself.
        queue.Complete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (mergeSoon is not null)
        {
            await mergeSoon.DisposeAsync().ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (batch.Count > 0 || await queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (batch.Count < maxBatch && queue.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }

            var done = await CommitBatch(batch).ConfigureAwait(false);
            queue.Done(batch, done);
            batch.RemoveRange(0, done);
        }

        if (unmerged > 0)
        {
            await CommitBatch([NewMerge()]).ConfigureAwait(false);
        }

        if (connection is not null)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static WorkItem<Nothing> NewMerge() =>
        new(static (_, _) => Task.FromResult<Result<Nothing>>(Nothing.Value), new CommitOrigin(), isPlain: false);

    /// <summary>
    /// One merge for all who wait: what a caller knows to be committed was committed by an earlier batch than the merge's, or by the
    /// very same one, which then wrote it into the tables at once.
    /// </summary>
    private async Task Merge(CancellationToken ct)
    {
        Task<Result<Nothing>> running;
        lock (mergeLock)
        {
            running = merge is { IsCompleted: false } ? merge : merge = Commit(NewMerge());
        }

        var merged = await running.WaitAsync(ct).ConfigureAwait(false);
        if (!merged.IsOk)
        {
            throw new TimeoutException($"The log does not answer: {merged.Error.Code}.");
        }
    }

    /// <summary>Merges what waits, or looks again later while much waits and more is being written.</summary>
    private void MergeInCalm()
    {
        var (added, now) = (addedAtLook, Volatile.Read(ref committedItems));
        addedAtLook = now;
        if (unmerged > MergedAtOnce && now != added)
        {
            mergeSoon!.Change(MergeAfter, Timeout.InfiniteTimeSpan);
        }
        else if (unmerged > 0)
        {
            _ = Merge(CancellationToken.None);
        }
    }

    private void Gauge()
    {
        var before = unmerged;
        unmerged = connection!.Store.Unmerged;
        if (unmerged > 0 && before == 0)
        {
            mergeSoon!.Change(MergeAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private Task<Result<T>> Commit<T>(WorkItem<T> item)
        where T : notnull => Enqueue(item) is { } error ? Task.FromResult<Result<T>>(error) : item.Outcome;

    private async Task Load(Func<LogConnection, CancellationToken, Task> load, CancellationToken ct)
    {
        var result = await CommitBeside(async (_, token) =>
        {
            await load(connection!, token).ConfigureAwait(false);
            return (Result<Nothing>)Nothing.Value;
        }).WaitAsync(ct).ConfigureAwait(false);
        if (!result.IsOk)
        {
            throw new TimeoutException($"The log does not answer: {result.Error.Code}.");
        }
    }

    private Error? Enqueue(LogItem item) => queue.TryAdd(item) ? null : Error.Unavailable("The server is too busy or stopping. Try again.");

    /// <returns>How many of the items have got their outcome; the rest goes into the next batch.</returns>
    private async Task<int> CommitBatch(List<LogItem> items)
    {
        var count = items.Count;
        var isCommitting = false;
        StagedHeads? staged = null;
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var pass = await gate.Enter(first: true, CancellationToken.None).ConfigureAwait(false);
            using var inside = WriteGate.MarkInside();
            await Connect().ConfigureAwait(false);
            staged = new StagedHeads(heads, connection!.Store);
            LogBatch filling;
            await using (var transaction = await connection.Begin(CancellationToken.None).ConfigureAwait(false))
            {
                connection.Store.Begun(onlyPlain: items.TrueForAll(i => i.IsPlain));
                filling = new LogBatch(databasesByContext, connection, transaction, staged, access, sessions, notices, files, slowMode, time.Now(), logger);
                count = await filling.Fill(items).ConfigureAwait(false);
                await connection.Store.UpdateHeads(staged, CancellationToken.None).ConfigureAwait(false);
                isCommitting = true;
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }

            staged.Commit();
            connection.Store.Committed();
            Gauge();
            Volatile.Write(ref committedItems, committedItems + count);
            var committed = items.GetRange(0, count);
            committed.ForEach(static item => item.RunCommitted());
            slowMode.Commit(filling.Written, filling.At);

            hub.Post(floor => HandOut(floor, committed));
            commitSeconds?.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
            commitItems?.Record(count);
            await KeepJournalShort().ConfigureAwait(false);
            return count;
        }
        catch (Exception e)
        {
            logger.Log(DatabaseFailures.Classify(e) is null ? LogLevel.Error : LogLevel.Warning, e, "A commit of {Count} failed; nothing of it is acknowledged", count);
            staged?.Discard();
            commitFailures?.Add(1);
            await Disconnect().ConfigureAwait(false);
            var isUnknown = isCommitting && !DatabaseFailures.IsCertainlyRolledBack(e);
            if (isUnknown)
            {
                BeginAnew();
            }

            var error = isUnknown ? Error.Unavailable() : DatabaseFailures.Classify(e) ?? Error.Unavailable();
            if (error.Code == ErrorCodes.InsufficientStorage)
            {
                reserve.Spend();
            }

            foreach (var item in items)
            {
                item.Fail(error);
            }

            return items.Count;
        }
    }

    private void HandOut(Floor floor, List<LogItem> committed)
    {
        foreach (var item in committed)
        {
            try
            {
                item.HandOut(floor);
            }
            catch (Exception e)
            {
                // A defect, and perhaps a hole in front of somebody: sockets begin again from the log, where it is not.
                logger.LogError(e, "What was committed could not be handed out");
                item.Fail(Error.Unavailable());
                CloseAll(floor);
            }
        }
    }

    private async Task KeepJournalShort()
    {
        try
        {
            await connection!.KeepJournalShort(time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The commit stands; the journal is looked after next time.
            logger.LogWarning(e, "The journal could not be shortened");
        }
    }

    private async Task Connect()
    {
        if (connection is null)
        {
            connection = await LogConnection.Open(database, heads, CancellationToken.None).ConfigureAwait(false);
            if (!database.IsSqlite)
            {
                // Holding the writer's lock proves that the lost connection's last commit has ended one way or the other: what was
                // read since may be from before it.
                heads.Rooms.Clear();
                heads.Users.Clear();
                access.Forget();
            }
        }
    }

    /// <summary>A connection that has failed is not trusted again; disposing it rolls back what it had begun.</summary>
    private async Task Disconnect()
    {
        var failed = connection;
        connection = null;
        if (failed is not null)
        {
            try
            {
                await failed.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                logger.LogDebug(e, "The failed connection did not end in order");
            }
        }
    }

    /// <summary>
    /// Nobody knows whether the last commit took place. What is in memory is read anew, and sockets begin again from the log, so that
    /// nothing that may have been committed is missing in front of them.
    /// </summary>
    private void BeginAnew()
    {
        heads.Rooms.Clear();
        heads.Users.Clear();
        access.Forget();
        hub.Post(CloseAll);
    }

    private static void CloseAll(Floor floor)
    {
        foreach (var open in floor.AllConnections)
        {
            open.Close(CloseCode.ServerFailed, dropWaiting: false);
        }
    }
}
