using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Rooms.Access;

internal sealed class RoomPreferences(IServiceScopeFactory scopes) : IRoomPreferences
{
    public Task<IReadOnlySet<Guid>> Muted(ILogTransaction transaction, Guid roomId, IReadOnlyCollection<Guid> userIds, CancellationToken ct) =>
        Those(transaction.Use<RoomsDb>().Members.Where(m => m.RoomId == roomId && m.Muted), userIds, ct);

    public Task<IReadOnlySet<Guid>> WantAll(ILogTransaction transaction, Guid roomId, IReadOnlyCollection<Guid> userIds, CancellationToken ct) =>
        Those(transaction.Use<RoomsDb>().Members.Where(m => m.RoomId == roomId && m.Notify == RoomNotify.All), userIds, ct);

    public async Task<string?> NameOf(Guid roomId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RoomsDb>().Rooms.Where(r => r.Id == roomId).Select(r => r.Name).SingleOrDefaultAsync(ct);
    }

    private static async Task<IReadOnlySet<Guid>> Those(IQueryable<RoomMember> members, IReadOnlyCollection<Guid> userIds, CancellationToken ct)
    {
        // One person is the usual case, and a list in a statement costs more to prepare than the row to find.
        if (userIds.Count == 1)
        {
            var one = userIds.First();
            return await members.AnyAsync(m => m.UserId == one, ct) ? new HashSet<Guid> { one } : [];
        }

        return await members.Where(m => userIds.Contains(m.UserId)).Select(m => m.UserId).ToHashSetAsync(ct);
    }
}
