using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Jobs;
using ChatMonolith.Rooms.Storage;
using ChatMonolith.Tests.Harness;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatMonolith.Tests.Rooms;

/// <summary>The jobs, run by hand on the server's own database.</summary>
public class JobTests
{
    private const long Hour = 3_600_000;
    private const long Week = 7 * 24 * Hour;
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Invitations_are_removed_a_week_after_they_ended(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        var room = Room.Create(RoomType.Private, "r", null, Guid.CreateVersion7(), Now);
        db.Rooms.Add(room);
        var usedUpLongAgo = Invite(room, null, 1);
        usedUpLongAgo.Use(Now - Week - Hour);
        var justUsedUp = Invite(room, null, 1);
        justUsedUp.Use(Now - Hour);
        RoomInvite[] kept = [justUsedUp, Invite(room, null, null), Invite(room, Now + Hour, null), Invite(room, Now - Hour, null)];
        db.Invites.AddRange([usedUpLongAgo, .. kept, .. Enumerable.Range(0, 600).Select(_ => Invite(room, Now - Week - Hour, 5))]);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await new PurgeInvites(db, TimeProvider.System).Execute(null!, default);
        (await db.Invites.AsNoTracking().Select(i => i.Id).ToListAsync(TestContext.Current.CancellationToken)).ShouldBe(kept.Select(i => i.Id), ignoreOrder: true);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_deleted_room_is_removed_when_all_have_removed_their_part_and_waits_while_one_has_not(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        var rooms = Enumerable.Range(0, 3).Select(i => Room.Create(RoomType.Private, "r" + i, null, Guid.CreateVersion7(), Now)).ToArray();
        rooms[0].DeletedAt = Now - 2;
        rooms[1].DeletedAt = Now - 1;
        db.Rooms.AddRange(rooms);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        var others = new Others { Resists = rooms[0].Id };
        var job = new PurgeRooms(db, others, NullLogger<PurgeRooms>.Instance);
        await job.Execute(null!, default);
        (await Left(db)).ShouldBe([rooms[0].Id, rooms[2].Id], ignoreOrder: true);
        others.Resists = null;
        await job.Execute(null!, default);
        (await Left(db)).ShouldBe([rooms[2].Id]);
        others.Told.ShouldBe([rooms[0].Id, rooms[1].Id, rooms[0].Id]);
    }

    private static Task<List<Guid>> Left(RoomsDb db) => db.Rooms.AsNoTracking().Select(r => r.Id).ToListAsync(TestContext.Current.CancellationToken);

    private static RoomInvite Invite(Room room, long? expiresAt, int? maxUses) => new()
    {
        Id = Guid.CreateVersion7(),
        RoomId = room.Id,
        CodeHash = [.. Guid.CreateVersion7().ToByteArray(), .. Guid.CreateVersion7().ToByteArray()],
        CreatedBy = room.CreatedBy,
        CreatedAt = Now - Week - Week,
        ExpiresAt = expiresAt,
        MaxUses = maxUses,
    };

    /// <summary>Stands for the modules that have something of the room; one of them can fail.</summary>
    private sealed class Others : IMediator
    {
        public Guid? Resists { get; set; }

        public List<Guid> Told { get; } = [];

        public Task Publish(object notification, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
            where TNotification : INotification
        {
            var roomId = ((RoomDeleted)(object)notification).RoomId;
            Told.Add(roomId);
            return roomId == Resists ? throw new TimeoutException("not now") : Task.CompletedTask;
        }

        public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<object?> Send(object request, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
