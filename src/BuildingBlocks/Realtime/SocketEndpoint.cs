using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime.Transport;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// Opens a socket (RFC 6455, 4.2) and runs it to its end. The framework's own WebSocket copies and frames each message for each
/// member; here the stream of the upgraded connection is used as it is, so that one encoded frame serves all. No extension is
/// negotiated: compression beside secrets invites CRIME, and inflating invites bombs.
/// </summary>
internal sealed class SocketEndpoint(
    ISocketApplication application,
    Hub hub,
    Admission admission,
    SocketCommands commands,
    IServiceProvider services,
    IOptions<RealtimeOptions> options,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    INodes nodes,
    TimeProvider time,
    ILogger<SocketEndpoint> logger)
{
    private const string Subprotocol = "chat.v1";
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static readonly TimeSpan LingerFor = TimeSpan.FromSeconds(2);
    private readonly SocketsByAddress byAddress = new();
    private readonly bool limited = configuration.GetValue("RateLimits:Enabled", defaultValue: true);

    public async Task Serve(HttpContext context, Guid? onlyRoom)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var headers = context.Request.Headers;
        if (upgrade is not { IsUpgradableRequest: true } || !IsHandshake(headers, out var key))
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problems.Write(context, Error.Validation("upgrade", "This address takes WebSocket handshakes (version 13) only.")).ConfigureAwait(false);
            return;
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested || nodes.IsDraining)
        {
            await Problems.Write(context, Error.Unavailable("The server is stopping. Connect again in a moment.")).ConfigureAwait(false);
            return;
        }

        var authenticated = await admission.Handshakes.Through(ct => application.Authenticate(context, onlyRoom, ct), context.RequestAborted).ConfigureAwait(false);
        if (!authenticated.IsOk)
        {
            await Problems.Write(context, authenticated.Error).ConfigureAwait(false);
            return;
        }

        var address = ClientNetwork.Of(context.Connection.RemoteIpAddress);
        if (limited && !byAddress.TryEnter(address, options.Value.MaxConnectionsPerAddress))
        {
            await Problems.Write(context, Error.RateLimited(TimeSpan.FromSeconds(30))).ConfigureAwait(false);
            return;
        }

        var handedOver = false;
        try
        {
            handedOver = await Upgrade(context, upgrade, key, authenticated.Value, onlyRoom, address).ConfigureAwait(false);
        }
        finally
        {
            if (!handedOver)
            {
                GiveBack(address);
            }
        }
    }

    /// <returns>Whether the conversation goes on by itself, and gives its place back at its end.</returns>
    private async Task<bool> Upgrade(HttpContext context, IHttpUpgradeFeature upgrade, string key, Caller caller, Guid? onlyRoom, string address)
    {
        var offered = context.Request.Headers.SecWebSocketProtocol.ToString();
        if (offered.Split(',', StringSplitOptions.TrimEntries).Contains(Subprotocol, StringComparer.Ordinal))
        {
            context.Response.Headers.SecWebSocketProtocol = Subprotocol;
        }

        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = Accept(key);
        var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);
        var awaitsResume = context.Request.Query["resume"] == "1";
        if (context.Features.Get<IDetachableConnection>() is { } detachable && context.Features.Get<ITlsHandshakeFeature>() is null)
        {
            return await ServeDetached(detachable, stream, caller, onlyRoom, awaitsResume, address).ConfigureAwait(false);
        }

        var wire = new StreamWire(stream, context.Abort);
        var connection = new Connection(caller, onlyRoom, wire, options.Value, time, nodes);
        await using var gone = context.RequestAborted.UnsafeRegister(static c => ((Connection)c!).End(abort: true), connection).ConfigureAwait(false);
        await Converse(connection, new FrameReader(wire, options.Value.MaxFrameBytes), awaitsResume).ConfigureAwait(false);
        return false;
    }

    private void GiveBack(string address)
    {
        if (limited)
        {
            byAddress.Leave(address);
        }
    }

    /// <summary>The conversation outlives the request, so that an idle socket costs none of what a request does.</summary>
    private async Task<bool> ServeDetached(IDetachableConnection detachable, Stream stream, Caller caller, Guid? onlyRoom, bool awaitsResume, string address)
    {
        SocketWire wire;
        try
        {
            var (socket, received) = await detachable.Detach(stream).ConfigureAwait(false);
            wire = new SocketWire(socket, received);
        }
        catch (IOException e)
        {
            logger.LogDebug("A socket ended during its handshake: {Reason}", e.Message);
            return false;
        }

        var connection = new Connection(caller, onlyRoom, wire, options.Value, time, nodes);
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => ConverseAlone(connection, new FrameReader(wire, options.Value.MaxFrameBytes), awaitsResume, address));
        }

        return true;
    }

    private async Task ConverseAlone(Connection connection, FrameReader frames, bool awaitsResume, string address)
    {
        try
        {
            await Converse(connection, frames, awaitsResume).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The end of a socket failed unexpectedly");
        }
        finally
        {
            GiveBack(address);
        }
    }

    private async Task Converse(Connection connection, FrameReader frames, bool awaitsResume)
    {
        var loop = new CommandLoop(connection, frames, commands, services, options.Value, limited, time, logger);
        try
        {
            if (!await hub.Ask(floor => floor.Register(connection, options.Value.MaxConnectionsPerUser)).ConfigureAwait(false))
            {
                connection.Close(CloseCode.Flood, dropWaiting: true);
                return;
            }

            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The stop may have told its sockets before this one was there.
                connection.BeginDrain();
            }

            await admission.Openings.Through(ct => application.Opened(connection, awaitsResume, ct), connection.Ended).ConfigureAwait(false);
            await loop.Run(connection.Reading, connection.Ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (connection is { IsDraining: true, IsOver: false })
        {
            await loop.Drain().ConfigureAwait(false);
            connection.Close(CloseCode.GoingAway, dropWaiting: false);
        }
        catch (FramingException e)
        {
            connection.Close(e.Code, dropWaiting: false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException || connection.IsOver)
        {
            // The peer is gone.
        }
        catch (Exception e)
        {
            logger.LogError(e, "A socket failed unexpectedly");
            connection.Close(CloseCode.ServerFailed, dropWaiting: true);
        }
        finally
        {
            await Finish(connection, frames, loop.PeerHasClosed).ConfigureAwait(false);
        }
    }

    private async Task Finish(Connection connection, FrameReader frames, bool peerHasClosed)
    {
        var closing = connection.ClosedWith is not null;
        try
        {
            if (closing)
            {
                // The close frame is on its way; the connection's own clock bounds the wait.
                await connection.Closed().ConfigureAwait(false);
            }

            await hub.Do(floor => floor.Unregister(connection)).ConfigureAwait(false);
            if (closing && !peerHasClosed && !connection.IsOver)
            {
                await Linger(frames, connection.Ended).ConfigureAwait(false);
            }
        }
        finally
        {
            connection.End(abort: !closing);
            frames.Dispose();
        }
    }

    /// <summary>
    /// Waits for the peer's own close frame. Ending the connection with unread bytes waiting would reset it, and the reset can overtake
    /// our close frame (RFC 9112, 9.6 tells the same of HTTP).
    /// </summary>
    private async Task Linger(FrameReader frames, CancellationToken ended)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ended);
        enough.CancelAfter(LingerFor);
        try
        {
            await frames.SkipToClose(enough.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            logger.LogDebug("A closed socket's peer did not close in order: {Reason}", e.Message);
        }
    }

    private static bool IsHandshake(IHeaderDictionary headers, out string key)
    {
        key = headers.SecWebSocketKey.ToString();
        Span<byte> decoded = stackalloc byte[24];
        return string.Equals(headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase)
            && headers.SecWebSocketVersion == "13"
            && key.Length == 24
            && Convert.TryFromBase64String(key, decoded, out var length)
            && length == 16;
    }

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 here; it protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350
    }
}
