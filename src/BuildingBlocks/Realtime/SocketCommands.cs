using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>One command in progress: who sent it on which socket, and where its answer goes.</summary>
/// <param name="Caller">The person and session of the socket.</param>
/// <param name="Connection">The socket.</param>
/// <param name="Mediator">The door to the handlers, in a scope of this command's own.</param>
/// <param name="Reply">To be passed on in requests that commit to the log.</param>
/// <param name="Aborted">Cancelled when the socket is gone. A commit that was accepted goes on regardless.</param>
public sealed record SocketCall(Caller Caller, Connection Connection, IMediator Mediator, ICommandReply Reply, CancellationToken Aborted);

/// <summary>
/// Takes a command that has come as a flat frame, without waiting for anything: it takes its place in an ordered queue, and its reply
/// comes later.
/// </summary>
/// <returns>False when it has to go the general way; then nothing has happened.</returns>
public delegate bool FlatHandler(FlatFrame frame, Caller caller, IServiceProvider services, IPipelinedReply reply);

/// <summary>A command as the transport runs it.</summary>
internal sealed record SocketCommand(
    Func<JsonElement, SocketCall, Task<Result<object>>> Handle,
    bool Pipelined,
    Func<JsonElement, IServiceProvider, CancellationToken, ValueTask>? Prepare);

/// <summary>The commands that the modules answer, by <c>type</c>. The transport itself knows none of them.</summary>
public sealed class SocketCommands
{
    private readonly Dictionary<string, SocketCommand> byType = new(StringComparer.Ordinal);
    private readonly List<(byte[] Type, FlatHandler Handler)> flat = [];

    public IEnumerable<string> Types => byType.Keys;

    /// <summary>
    /// Maps a command. <typeparamref name="TFrame"/> is read from the frame (members that it lacks are ignored; wrong types answer
    /// <c>validation</c>); the members of <typeparamref name="TReply"/> stand in the <c>ok</c>.
    /// </summary>
    public void Map<TFrame, TReply>(string type, Func<TFrame, SocketCall, Task<Result<TReply>>> handle)
        where TFrame : class
        where TReply : notnull =>
        byType.Add(type, new SocketCommand(Reading(handle), Pipelined: false, Prepare: null));

    /// <summary>
    /// Maps a command that does not wait for the one before it. Its handler must have taken its place in an ordered queue when it
    /// first yields; <paramref name="prepare"/> is awaited before, for what would make it yield too early.
    /// </summary>
    public void MapPipelined<TFrame, TReply>(
        string type, Func<JsonElement, IServiceProvider, CancellationToken, ValueTask> prepare, Func<TFrame, SocketCall, Task<Result<TReply>>> handle)
        where TFrame : class
        where TReply : notnull =>
        byType.Add(type, new SocketCommand(Reading(handle), Pipelined: true, prepare));

    /// <summary>Adds the short way for a pipelined command that is sent most.</summary>
    public void MapFlat(ReadOnlySpan<byte> type, FlatHandler handler) => flat.Add((type.ToArray(), handler));

    internal FlatHandler? FlatOf(ReadOnlySpan<byte> type)
    {
        foreach (var (known, handler) in flat)
        {
            if (type.SequenceEqual(known))
            {
                return handler;
            }
        }

        return null;
    }

    internal bool TryGet(string type, out SocketCommand command) => byType.TryGetValue(type, out command!);

    private static Func<JsonElement, SocketCall, Task<Result<object>>> Reading<TFrame, TReply>(Func<TFrame, SocketCall, Task<Result<TReply>>> handle)
        where TFrame : class
        where TReply : notnull => async (element, call) =>
        {
            TFrame frame;
            try
            {
                frame = element.Deserialize<TFrame>(Json.Http)!;
            }
            catch (JsonException e)
            {
                return Error.Validation(e.Path is { Length: > 2 } path ? path[2..] : "frame", "A member has the wrong type.");
            }

            var result = await handle(frame, call).ConfigureAwait(false);
            return result.IsOk ? Result<object>.Of(result.Value) : result.Error;
        };
}
