using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Messaging.Sockets;

/// <summary>A sign of life for clients that cannot see protocol pings, and the server's clock.</summary>
internal static class Ping
{
    public static void MapCommand(SocketCommands commands, TimeProvider time) =>
        commands.Map<Frame, Pong>("ping", (_, _) => Task.FromResult<Result<Pong>>(new Pong(time.Now())));

    internal sealed record Frame;

    internal sealed record Pong(Instant ServerTime);
}
