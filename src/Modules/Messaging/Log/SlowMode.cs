using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// When people last wrote in rooms with slow mode. For the log's writer alone, which is the only one that knows at the commit. Kept in
/// memory; what was before the start is read once from the room's log.
/// </summary>
/// <param name="areSeveral">People write through other nodes too: what is in memory says nothing.</param>
internal sealed class SlowMode(bool areSeveral)
{
    /// <summary>The newest entries of a room that are looked at for somebody's last message.</summary>
    private const int EntriesLookedAt = 1_000;

    private const int Trimmed = 10_000;
    private const long LongestMilliseconds = 3_600_000;
    private readonly Dictionary<(Guid RoomId, Guid SenderId), long> last = [];

    /// <summary>For who is slowed: null when they may write now. What is then refused for another reason does not count: the caller notes what was taken.</summary>
    /// <param name="inBatch">What this transaction has taken already.</param>
    /// <param name="open">A context on the writer's transaction, made when it is needed.</param>
    public async ValueTask<Error?> Refusal(
        PostMessage.Command command, Membership sender, Dictionary<(Guid RoomId, Guid SenderId), long> inBatch, Func<MessagingDb> open, long headSeq, long at, CancellationToken ct)
    {
        var key = (command.RoomId, command.SenderId);
        if (!inBatch.TryGetValue(key, out var before) && (areSeveral || !last.TryGetValue(key, out before)))
        {
            var from = headSeq - EntriesLookedAt;
            await using var db = open();
            before = await db.Log
                .Where(e => e.RoomId == command.RoomId && e.Seq > from && e.Type == LogEntryType.MessageCreated && e.ById == command.SenderId)
                .MaxAsync(e => (long?)e.At, ct).ConfigureAwait(false) ?? 0;
            last[key] = before;
        }

        var wait = before + (sender.SlowModeSeconds * 1000L) - at;
        return wait > 0 ? new Error(ErrorCodes.RateLimited, "This room is in slow mode. Wait a moment before your next message.", RetryAfter: TimeSpan.FromMilliseconds(wait)) : null;
    }

    /// <summary>The transaction is committed.</summary>
    public void Commit(Dictionary<(Guid RoomId, Guid SenderId), long> inBatch, long at)
    {
        foreach (var (key, value) in inBatch)
        {
            last[key] = value;
        }

        if (last.Count > Trimmed)
        {
            foreach (var old in last.Where(l => at - l.Value > LongestMilliseconds).Select(l => l.Key).ToList())
            {
                last.Remove(old);
            }
        }
    }
}
