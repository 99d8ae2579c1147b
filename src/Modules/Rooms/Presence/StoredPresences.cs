using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Presence;

internal static class StoredPresences
{
    /// <summary>The rows of those of <paramref name="userIds"/> who have one; at most some hundred ids.</summary>
    public static async Task<IReadOnlyDictionary<Guid, PersonPresence>> StoredPresence(this RoomsDb db, IReadOnlyCollection<Guid> userIds, CancellationToken ct) =>
        await db.Presence.AsNoTracking().Where(p => userIds.Contains(p.UserId)).ToDictionaryAsync(p => p.UserId, ct);
}
