using System.Data.Common;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Log.Nodes;
using ChatMonolith.Messaging.Notifying;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Messaging.Log;

/// <summary>What one transaction of the log's writer holds: runs of messages, and works between them.</summary>
internal sealed class LogBatch(
    IReadOnlyDictionary<Type, IModuleDatabase> databases,
    LogConnection connection,
    DbTransaction transaction,
    StagedHeads staged,
    IRoomAccess access,
    ISessionState sessions,
    MessageNotices notices,
    IMessageFiles files,
    SlowMode slowMode,
    bool areSeveral,
    long at,
    ILogger logger)
{
    private readonly MessageAppender appender = new(databases, connection, transaction, staged, access, sessions, notices, files, slowMode, areSeveral, at);

    public long At => at;

    /// <summary>What else of rooms it changes, for the other nodes.</summary>
    public Dictionary<Guid, RoomChange> Changes { get; } = [];

    /// <summary>It changes who may see what.</summary>
    public bool ChangedMembership { get; private set; }

    /// <summary>When people wrote in rooms with slow mode, as far as this transaction has taken it.</summary>
    public Dictionary<(Guid RoomId, Guid SenderId), long> Written => appender.Written;

    /// <returns>How many of the items are in the transaction; the rest goes into the next one.</returns>
    public async Task<int> Fill(List<LogItem> items)
    {
        var run = new List<SendItem>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is SendItem send)
            {
                run.Add(send);
                continue;
            }

            if (items[i] is QuietItem)
            {
                continue;
            }

            await AppendRun(run).ConfigureAwait(false);
            run.Clear();
            if (await RunWork((WorkItem)items[i]).ConfigureAwait(false))
            {
                // Rights have changed: what follows is judged by what is then in memory.
                return i + 1;
            }
        }

        await AppendRun(run).ConfigureAwait(false);
        return items.Count;
    }

    /// <summary>One message that the database cannot take must not cost the others theirs: they are then appended one by one.</summary>
    private async Task AppendRun(List<SendItem> run)
    {
        const string savepoint = "run";
        if (run.Count == 0)
        {
            return;
        }

        staged.Mark();
        var written = new Dictionary<(Guid RoomId, Guid SenderId), long>(appender.Written);
        var changesAtOnce = connection.Store.WritesAtOnce;
        if (changesAtOnce)
        {
            await transaction.SaveAsync(savepoint, CancellationToken.None).ConfigureAwait(false);
        }

        try
        {
            // Where messages only go to the tail, they are handed to it last, when nothing can fail any more.
            await appender.Append(run, CancellationToken.None).ConfigureAwait(false);
            if (changesAtOnce)
            {
                await transaction.ReleaseAsync(savepoint, CancellationToken.None).ConfigureAwait(false);
            }

            return;
        }
        catch (Exception e) when (DatabaseFailures.Classify(e) is null)
        {
            logger.LogError(e, "A run of {Count} messages could not be appended", run.Count);
            if (changesAtOnce)
            {
                await transaction.RollbackAsync(savepoint, CancellationToken.None).ConfigureAwait(false);
            }

            staged.Undo();
            run.ForEach(static item => item.Forget());
            appender.Written = written;
        }

        if (run.Count == 1)
        {
            run[0].Answer(new Error(ErrorCodes.Internal, "Something went wrong on the server."));
            return;
        }

        foreach (var item in run)
        {
            await AppendRun([item]).ConfigureAwait(false);
        }
    }

    /// <returns>True when the batch must end here.</returns>
    private async Task<bool> RunWork(WorkItem item)
    {
        const string savepoint = "work";
        if (item.Origin.SessionId is { } sessionId && sessions.HasEnded(sessionId))
        {
            item.Refuse(Error.Unauthenticated("The session has ended. Log in again."));
            return false;
        }

        staged.Mark();
        await transaction.SaveAsync(savepoint, CancellationToken.None).ConfigureAwait(false);
        await using var view = new LogTransaction(staged, connection.Store, databases, connection.Raw, transaction, at, item);
        bool keep;
        try
        {
            keep = await item.Run(view, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseFailures.Classify(e) is null)
        {
            // A defect of that one work: the others in the batch do not pay for it.
            logger.LogError(e, "A work in the log's transaction failed unexpectedly; it is rolled back alone");
            item.Refuse(new Error(ErrorCodes.Internal, "Something went wrong on the server."));
            keep = false;
        }

        if (!keep)
        {
            await transaction.RollbackAsync(savepoint, CancellationToken.None).ConfigureAwait(false);
            staged.Undo();
            item.Forget();
            return false;
        }

        await transaction.ReleaseAsync(savepoint, CancellationToken.None).ConfigureAwait(false);
        if (view.Changes is { } changes)
        {
            foreach (var (roomId, change) in changes)
            {
                Changes[roomId] = Changes.GetValueOrDefault(roomId) | change;
            }
        }

        ChangedMembership |= view.ChangedMembership;
        return view.ChangedMembership;
    }
}
