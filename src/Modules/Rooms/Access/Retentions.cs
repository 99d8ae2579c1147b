using System.Runtime.CompilerServices;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Rooms.Access;

internal sealed class Retentions(IServiceScopeFactory scopes, IOptions<RoomsOptions> options) : IRoomRetention
{
    private const int AtOnce = 500;

    /// <summary>Read in pages, so that no query is open while rooms are worked on.</summary>
    public async IAsyncEnumerable<RoomRetention> WithRetention([EnumeratorCancellation] CancellationToken ct)
    {
        var otherwise = options.Value.DefaultRetentionDays;
        var after = Guid.Empty;
        List<RoomRetention> page;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
            page = await db.Rooms.Where(r => r.Id > after && r.DeletedAt == null && (r.RetentionDays > 0 || otherwise > 0))
                .OrderBy(r => r.Id).Take(AtOnce)
                .Select(r => new RoomRetention(r.Id, r.RetentionDays > 0 ? r.RetentionDays : otherwise))
                .ToListAsync(ct);
            foreach (var room in page)
            {
                yield return room;
                after = room.RoomId;
            }
        }
        while (page.Count == AtOnce);
    }
}
