using System.Buffers;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging.Reading;

/// <summary>Rooms' logs for other modules, each call in a scope of its own.</summary>
internal sealed class RoomEventsReader(IServiceScopeFactory scopes) : IRoomEvents
{
    public async Task<RoomEvents> After(Guid roomId, long after, int limit, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var head = await db.Heads.AsNoTracking().Where(h => h.RoomId == roomId).Select(h => h.Seq).SingleOrDefaultAsync(ct);
        var items = await scope.ServiceProvider.GetRequiredService<LogReader>().Room(roomId, after, head, limit, ct);
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Json.Http.Encoder }))
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                EntryFrames.Write(json, roomId, item.Seq, item.At, item.Entry);
            }

            json.WriteEndArray();
        }

        return new RoomEvents(buffer.WrittenMemory, items.Count, items.Count > 0 ? items[^1].Last : after);
    }
}
