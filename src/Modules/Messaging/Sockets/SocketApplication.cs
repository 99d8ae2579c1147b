using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Log;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Sockets;

/// <summary>Opens sockets: who may, what they are greeted with, and which logs they listen to.</summary>
internal sealed class SocketApplication(
    IRoomAccess access, ISessionState sessions, LogWriter log, Hub hub, Epoch epoch, IOptions<RealtimeOptions> options, TimeProvider time) : ISocketApplication
{
    public async Task<Result<Caller>> Authenticate(HttpContext context, Guid? onlyRoom, CancellationToken ct)
    {
        var caller = await context.RequestServices.GetRequiredService<ISocketAuthentication>().Authenticate(context, ct);
        if (caller.IsOk && onlyRoom is { } roomId)
        {
            var member = await access.Member(roomId, caller.Value.UserId, ct);
            return member.IsOk ? caller : Error.NotFound;
        }

        return caller;
    }

    public async Task Opened(Connection connection, bool awaitsResume, CancellationToken ct)
    {
        // The connection is known to the hub by now: a session or membership that ends from here on finds it. What ended before is
        // seen here.
        if (sessions.HasEnded(connection.Caller.SessionId))
        {
            connection.Close(CloseCode.SessionEnded, dropWaiting: true);
            return;
        }

        if (connection.OnlyRoom is { } only && !(await access.Member(only, connection.Caller.UserId, ct)).IsOk)
        {
            connection.Close(CloseCode.RoomGone, dropWaiting: true);
            return;
        }

        var userHead = await log.UserHead(connection.Caller.UserId, ct);
        if (awaitsResume)
        {
            connection.ExpectResume();
            await hub.Do(_ => connection.Send(Hello(connection, userHead.Published.Seq)));
            return;
        }

        IReadOnlyList<Guid> rooms = connection.OnlyRoom is { } room ? [room] : await access.RoomsOf(connection.Caller.UserId, ct);
        await hub.Do(floor =>
        {
            connection.Send(Hello(connection, userHead.Published.Seq));
            floor.GoLive(connection, rooms);
        });
    }

    private OutFrame Hello(Connection connection, long userSeq) => OutFrame.Text(new
    {
        type = "hello",
        protocol = 1,
        connectionId = connection.Id,
        userId = connection.Caller.UserId,
        sessionId = connection.Caller.SessionId,
        epoch = epoch.Value,
        userSeq,
        serverTime = new Instant(time.Now()),
        heartbeatSeconds = options.Value.HeartbeatSeconds,
        maxFrameBytes = options.Value.MaxFrameBytes,
    });
}
