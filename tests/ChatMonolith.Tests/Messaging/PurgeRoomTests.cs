using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Reading;
using ChatMonolith.Tests.Harness;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Messaging;

public class PurgeRoomTests
{
    private const int Messages = 1_200;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_deleted_room_leaves_nothing_and_takes_nothing_else_along(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        await using var scope = server.Services.CreateAsyncScope();
        var hub = server.Services.GetRequiredService<Hub>();
        var writer = server.Services.GetRequiredService<LogWriter>();
        await hub.StartAsync(CancellationToken.None);
        await writer.StartAsync(CancellationToken.None);
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var (gone, kept) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Fill(db, gone);
        await Fill(db, kept);

        await scope.ServiceProvider.GetRequiredService<IMediator>().Publish(new RoomDeleted(gone), CancellationToken.None);

        // A position that was set before the room went, and is flushed after it.
        var positions = server.Services.GetRequiredService<ReadPositions>();
        positions.Move(gone, Guid.CreateVersion7(), 5, 1);
        positions.Move(kept, Guid.CreateVersion7(), 5, 1);
        await positions.StopAsync(CancellationToken.None);

        (await Count(db, gone)).ShouldBe((0, 0, 0, 0));
        (await Count(db, kept)).ShouldBe((Messages, Messages, 1, 2));
        (await db.Revisions.CountAsync(CancellationToken.None), await db.Reactions.CountAsync(CancellationToken.None)).ShouldBe((Messages, Messages));
        await writer.StopAsync(CancellationToken.None);
        await hub.StopAsync(CancellationToken.None);
    }

    private static async Task Fill(MessagingDb db, Guid room)
    {
        var person = Guid.CreateVersion7();
        for (var seq = 1; seq <= Messages; seq++)
        {
            var id = Guid.CreateVersion7();
            db.Messages.Add(new MessageRow { Id = id, RoomId = room, Seq = seq, SenderId = person, ClientId = $"c{seq}", Text = "text" });
            db.Log.Add(new LogRow { RoomId = room, Seq = seq, ById = person, MessageId = id });
            db.Revisions.Add(new RevisionRow { MessageId = id, Number = 1, Text = "earlier" });
            db.Reactions.Add(new ReactionRow { MessageId = id, Emoji = "👍", UserId = person });
        }

        db.Heads.Add(new RoomHeadRow { RoomId = room, Seq = Messages, Digest = new byte[32] });
        db.Reads.Add(new ReadRow { RoomId = room, UserId = person, Seq = 1 });
        await db.SaveChangesAsync(CancellationToken.None);
    }

    private static async Task<(int Messages, int Entries, int Heads, int Reads)> Count(MessagingDb db, Guid room) =>
    (
        await db.Messages.CountAsync(m => m.RoomId == room, CancellationToken.None),
        await db.Log.CountAsync(e => e.RoomId == room, CancellationToken.None),
        await db.Heads.CountAsync(h => h.RoomId == room, CancellationToken.None),
        await db.Reads.CountAsync(r => r.RoomId == room, CancellationToken.None));
}
