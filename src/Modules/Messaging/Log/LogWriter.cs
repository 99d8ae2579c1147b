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
using ChatMonolith.Messaging.Log.Nodes;
using ChatMonolith.Messaging.Notifying;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

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
    NodeLog nodes,
    TimeProvider time,
    ILogger<LogWriter> logger) : BackgroundService, IRoomLog, IMeasured
{
    private const int MaxBatch = 512;

    /// <summary>On PostgreSQL each commit is some eight trips to another process, whatever it holds.</summary>
    private const int MaxBatchRemote = 2_048;
    private readonly LogQueue queue = new();
    private readonly Dictionary<Type, IModuleDatabase> databasesByContext = databases.ToDictionary(d => d.ContextType);
    private readonly List<LogItem> batch = new(MaxBatch);
    private readonly SlowMode slowMode = new(nodes.AreSeveral);
    private readonly int maxBatch = database.IsSqlite ? MaxBatch : MaxBatchRemote;
    private LogConnection? connection;
    private Merges? merges;
    private bool isFollowing;
    private readonly LogMeters meters = new();

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

    public Task Barrier(CancellationToken ct) => nodes.AreSeveral ? Pass(new QuietItem()) : CommitBeside(static (_, _) => Task.FromResult<Result<Nothing>>(Nothing.Value));

    /// <summary>Others may have committed what is not known here yet.</summary>
    public bool IsOneOfSeveral => nodes.AreSeveral;

    /// <summary>Returns when what the other nodes had committed before the call is followed and handed out here.</summary>
    public async Task Follow()
    {
        if (!(await Pass(new QuietItem()).ConfigureAwait(false)).IsOk)
        {
            throw new TimeoutException("The log takes no work just now.");
        }
    }

    /// <summary>The same, without waiting; once for all who ask before it is done.</summary>
    public void FollowSoon()
    {
        if (!Interlocked.Exchange(ref isFollowing, true) && Enqueue(new QuietItem(onTurn: () => Volatile.Write(ref isFollowing, false))) is not null)
        {
            Volatile.Write(ref isFollowing, false);
        }
    }

    /// <summary>
    /// Returns when everything that is committed stands in the tables. At once where it does: so it is asked before each read.
    /// </summary>
    /// <exception cref="TimeoutException">The log takes no work just now.</exception>
    public ValueTask Settle(CancellationToken ct) => merges?.Settle(ct) ?? ValueTask.CompletedTask;

    public async ValueTask<long> LastSeq(Guid roomId, CancellationToken ct) => (await Head(roomId, ct).ConfigureAwait(false)).Committed.Seq;

    /// <summary>A room's head, loaded through the writer if need be, so that no load races a commit.</summary>
    public async ValueTask<LogHead> Head(Guid roomId, CancellationToken ct)
    {
        LogHead? head;
        while (!heads.Rooms.TryGetValue(roomId, out head))
        {
            await Load(new QuietItem(roomId: roomId), (connected, token) => connected.Rooms(heads, roomId, token), ct).ConfigureAwait(false);
        }

        return head;
    }

    public async ValueTask<LogHead> UserHead(Guid userId, CancellationToken ct)
    {
        LogHead? head;
        while (!heads.Users.TryGetValue(userId, out head))
        {
            await Load(new QuietItem(userId: userId), (connected, token) => connected.Users(heads, userId, token), ct).ConfigureAwait(false);
        }

        return head;
    }

    public void Measure(Meter meter)
    {
        meters.Measure(meter);
        meter.CreateObservableUpDownCounter("chat.log.waiting", () => queue.Count, "{item}", "What waits for the next commit");
        meter.CreateObservableUpDownCounter("chat.log.unmerged", () => merges?.Unmerged ?? 0, "{entry}", "Committed entries that are not in the indexed tables yet");
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        merges = new Merges(time, () => Commit(NewMerge()));
        merges.Start();
        connection = await LogConnection.Open(database, heads, cancellationToken).ConfigureAwait(false);
        merges.Look(connection.Store.Unmerged, 0);
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

        if (merges is not null)
        {
            await merges.DisposeAsync().ConfigureAwait(false);
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

        if (merges!.Unmerged > 0)
        {
            await CommitBatch([NewMerge()]).ConfigureAwait(false);
        }

        await nodes.DisposeAsync().ConfigureAwait(false);
        if (connection is not null)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static WorkItem<Nothing> NewMerge() =>
        new(static (_, _) => Task.FromResult<Result<Nothing>>(Nothing.Value), new CommitOrigin(), isPlain: false);

    private Task<Result<T>> Commit<T>(WorkItem<T> item)
        where T : notnull => Enqueue(item) is { } error ? Task.FromResult<Result<T>>(error) : item.Outcome;

    private Task<Result<Nothing>> Pass(QuietItem item) => Enqueue(item) is { } error ? Task.FromResult<Result<Nothing>>(error) : item.Outcome;

    /// <param name="among">What loads it where there are other writers: then it has to be locked for that.</param>
    /// <param name="load">What loads it here.</param>
    /// <param name="ct">Ends the waiting.</param>
    private async Task Load(QuietItem among, Func<LogConnection, CancellationToken, Task> load, CancellationToken ct)
    {
        var passing = nodes.AreSeveral ? Pass(among) : CommitBeside(async (_, token) =>
        {
            await load(connection!, token).ConfigureAwait(false);
            return (Result<Nothing>)Nothing.Value;
        });
        var result = await passing.WaitAsync(ct).ConfigureAwait(false);
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
        long? noted = null;
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
                if (nodes.AreSeveral)
                {
                    await nodes.Enter(connection, (NpgsqlTransaction)transaction, items).ConfigureAwait(false);
                }

                connection.Store.Begun(onlyPlain: items.TrueForAll(i => i.IsPlain));
                filling = new LogBatch(databasesByContext, connection, transaction, staged, access, sessions, notices, files, slowMode, nodes.AreSeveral, time.Now(), logger);
                count = await filling.Fill(items).ConfigureAwait(false);
                await connection.Store.UpdateHeads(staged, CancellationToken.None).ConfigureAwait(false);
                noted = nodes.AreSeveral ? await nodes.Note((NpgsqlTransaction)transaction, staged, filling.Changes).ConfigureAwait(false) : null;
                isCommitting = true;
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }

            staged.Commit();
            connection.Store.Committed();
            merges!.Look(connection.Store.Unmerged, count);
            var committed = items.GetRange(0, count);
            committed.ForEach(static item => item.RunCommitted());
            if (noted is not null)
            {
                var heard = nodes.Tell(filling.ChangedMembership);
                if (filling.ChangedMembership && committed[^1] is WorkItem last)
                {
                    // A change of rights is the last of its batch.
                    last.Until = heard;
                }
            }

            slowMode.Commit(filling.Written, filling.At);

            hub.Post(floor => HandOut(floor, committed));
            meters.Committed(began, count);
            await TidyUp().ConfigureAwait(false);
            return count;
        }
        catch (Exception e)
        {
            logger.Log(DatabaseFailures.Classify(e) is null ? LogLevel.Error : LogLevel.Warning, e, "A commit of {Count} failed; nothing of it is acknowledged", count);
            staged?.Discard();
            meters.Failed();
            await Disconnect().ConfigureAwait(false);
            var isUnknown = isCommitting && !DatabaseFailures.IsCertainlyRolledBack(e);
            if (isUnknown || e is NotesLostException)
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

    private async Task TidyUp()
    {
        try
        {
            await connection!.KeepJournalShort(time).ConfigureAwait(false);
            if (nodes.AreSeveral)
            {
                await nodes.Tidy(connection).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // The commit stands; this is looked after next time.
            logger.LogWarning(e, "What commits leave behind could not be tidied up");
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
                heads.Forget();
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
        heads.Forget();
        access.Forget();
        nodes.Forget();
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
