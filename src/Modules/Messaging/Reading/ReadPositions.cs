using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Database = ChatMonolith.BuildingBlocks.Persistence.Database;

namespace ChatMonolith.Messaging.Reading;

/// <param name="Seq">Everything up to it is read.</param>
/// <param name="At">When it was reached, UTC milliseconds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReadPosition(long Seq, long At);

/// <summary>
/// How far people have read. A position changes often and matters little one by one: it is kept in memory, where readers see it at
/// once, and once a second what has moved goes into the log's next commit. A crash costs a second of reading marks at most.
/// </summary>
internal sealed class ReadPositions(LogWriter log, Database database, IRoomAccess access, Receipts receipts, TimeProvider time, ILogger<ReadPositions> logger) : BackgroundService
{
    /// <summary>So that a flush of many never holds up the messages behind it.</summary>
    private const int PerCommit = 100;

    /// <summary>Larger rooms ask for receipts over HTTP (real-time contract, <c>receipt</c>).</summary>
    private const int LargestRoomWithReceipts = 50;

    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<(Guid RoomId, Guid UserId), ReadPosition> moved = new();

    /// <summary>Moves a position forward; never back.</summary>
    public void Move(Guid roomId, Guid userId, long seq, long at) =>
        moved.AddOrUpdate((roomId, userId), new ReadPosition(seq, at), (_, old) => seq > old.Seq ? new ReadPosition(seq, at) : old);

    /// <summary>
    /// What is not in the database yet. To be taken before the database is read: a position that is written in between is then in
    /// both, and in neither never.
    /// </summary>
    public IReadOnlyDictionary<Guid, ReadPosition> OfUser(Guid userId) =>
        moved.Where(m => m.Key.UserId == userId).ToDictionary(m => m.Key.RoomId, m => m.Value);

    /// <inheritdoc cref="OfUser"/>
    public IReadOnlyDictionary<Guid, ReadPosition> OfRoom(Guid roomId) =>
        moved.Where(m => m.Key.RoomId == roomId).ToDictionary(m => m.Key.UserId, m => m.Value);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Flush(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Flush(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last flush is part of the stop.
        }
    }

    private async Task Flush(CancellationToken ct)
    {
        foreach (var positions in moved.ToArray().Chunk(PerCommit))
        {
            try
            {
                var written = await log.CommitBeside<IReadOnlyList<(Guid RoomId, Guid UserId, long Seq)>>((tx, token) => Write(tx, positions, token)).WaitAsync(ct);
                if (!written.IsOk)
                {
                    return;
                }

                foreach (var position in positions)
                {
                    // Only as it was written: what moved on meanwhile waits for the next flush.
                    moved.TryRemove(position);
                }

                await Tell(written.Value, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                logger.Log(DatabaseFailures.Classify(e) is null ? LogLevel.Error : LogLevel.Warning, e, "Read positions could not be written; they are tried again in a second");
                return;
            }
        }
    }

    private async Task<Result<IReadOnlyList<(Guid RoomId, Guid UserId, long Seq)>>> Write(
        ILogTransaction tx, KeyValuePair<(Guid RoomId, Guid UserId), ReadPosition>[] positions, CancellationToken ct)
    {
        // Somebody who has left, or whose room was deleted, since: nobody else writes, so this holds at the commit. What is not in memory
        // is left to the statement.
        var valid = Array.FindAll(positions, p => access.MemberFromMemory(p.Key.RoomId, p.Key.UserId) is { IsOk: true } or { Error.Code: ErrorCodes.Unavailable });
        var written = valid.Length == 0 ? [] : await Upsert(tx.Use<MessagingDb>(), valid, ct);
        await MarkNotifications(tx, written, ct);
        foreach (var (roomId, userId, seq) in written)
        {
            await tx.AppendUser(userId, "room.read", new RoomRead(roomId, seq), ct);
        }

        return written;
    }

    /// <summary>
    /// One statement for all, since it runs inside the log's writer; it answers those that really moved forward. A room without a log
    /// was deleted and purged: a row for it would stay for ever.
    /// </summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The text holds placeholders only; values are parameters.")]
    private async Task<List<(Guid RoomId, Guid UserId, long Seq)>> Upsert(
        MessagingDb db, KeyValuePair<(Guid RoomId, Guid UserId), ReadPosition>[] positions, CancellationToken ct)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        var values = string.Join(", ", Enumerable.Range(0, positions.Length).Select(i => $"(@r{i}, @u{i}, @s{i}, @t{i})"));
        command.CommandText = "WITH moved (room_id, user_id, seq, at) AS (VALUES " + values + ") INSERT INTO msg_reads (room_id, user_id, seq, at) SELECT room_id, user_id, seq, at FROM moved"
            + " WHERE EXISTS (SELECT 1 FROM msg_heads WHERE msg_heads.room_id = moved.room_id)"
            + " ON CONFLICT (room_id, user_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE excluded.seq > msg_reads.seq RETURNING room_id, user_id, seq";
        for (var i = 0; i < positions.Length; i++)
        {
            command.With($"@r{i}", database.Id(positions[i].Key.RoomId))
                .With($"@u{i}", database.Id(positions[i].Key.UserId))
                .With($"@s{i}", positions[i].Value.Seq)
                .With($"@t{i}", positions[i].Value.At);
        }

        var written = new List<(Guid RoomId, Guid UserId, long Seq)>(positions.Length);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            written.Add((Database.ReadId(reader, 0), Database.ReadId(reader, 1), reader.GetInt64(2)));
        }

        return written;
    }

    /// <summary>What somebody was notified of in a timeline is read when they have read as far. One statement for all.</summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The text holds placeholders only; values are parameters.")]
    private async Task MarkNotifications(ILogTransaction tx, List<(Guid RoomId, Guid UserId, long Seq)> written, CancellationToken ct)
    {
        if (written.Count == 0)
        {
            return;
        }

        var db = tx.Use<MessagingDb>();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        var values = string.Join(", ", Enumerable.Range(0, written.Count).Select(i => $"(@r{i}, @u{i}, @s{i})"));
        command.CommandText = "WITH moved (room_id, user_id, seq) AS (VALUES " + values + ") UPDATE msg_notifications SET read_at = @at FROM moved"
            + " WHERE msg_notifications.user_id = moved.user_id AND msg_notifications.room_id = moved.room_id AND msg_notifications.seq <= moved.seq"
            + " AND msg_notifications.read_at IS NULL AND msg_notifications.thread_id IS NULL";
        command.With("@at", tx.At);
        for (var i = 0; i < written.Count; i++)
        {
            command.With($"@r{i}", database.Id(written[i].RoomId)).With($"@u{i}", database.Id(written[i].UserId)).With($"@s{i}", written[i].Seq);
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task Tell(IReadOnlyList<(Guid RoomId, Guid UserId, long Seq)> written, CancellationToken ct)
    {
        foreach (var room in written.GroupBy(w => w.RoomId))
        {
            if ((await access.MembersOf(room.Key, ct)).Count > LargestRoomWithReceipts)
            {
                continue;
            }

            foreach (var (roomId, userId, seq) in room)
            {
                receipts.Tell(roomId, userId, seq);
            }
        }
    }

    private sealed record RoomRead(Guid RoomId, long Seq);
}
