using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
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
    SocketCommands commands,
    IServiceProvider services,
    IOptions<RealtimeOptions> options,
    IConfiguration configuration,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SocketEndpoint> logger)
{
    private const string Subprotocol = "chat.v1";
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static readonly TimeSpan LingerFor = TimeSpan.FromSeconds(2);
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

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Problems.Write(context, Error.Unavailable("The server is stopping. Connect again in a moment.")).ConfigureAwait(false);
            return;
        }

        var authenticated = await application.Authenticate(context, onlyRoom, context.RequestAborted).ConfigureAwait(false);
        if (!authenticated.IsOk)
        {
            await Problems.Write(context, authenticated.Error).ConfigureAwait(false);
            return;
        }

        var offered = headers.SecWebSocketProtocol.ToString();
        if (offered.Split(',', StringSplitOptions.TrimEntries).Contains(Subprotocol, StringComparer.Ordinal))
        {
            context.Response.Headers.SecWebSocketProtocol = Subprotocol;
        }

        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = Accept(key);
        var stream = await upgrade.UpgradeAsync().ConfigureAwait(false);
        var connection = new Connection(authenticated.Value, onlyRoom, stream, context.Abort, options.Value, time);
        await Converse(connection, stream, context.Request.Query["resume"] == "1", context.RequestAborted).ConfigureAwait(false);
    }

    private async Task Converse(Connection connection, Stream stream, bool awaitsResume, CancellationToken aborted)
    {
        using var frames = new FrameReader(stream, options.Value.MaxFrameBytes);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(aborted, connection.Ended);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(over.Token, connection.Draining);
        var loop = new CommandLoop(connection, frames, commands, services, options.Value, limited, time, logger);
        var writer = connection.RunWriter();
        try
        {
            if (!await hub.Ask(floor => floor.Register(connection, options.Value.MaxConnectionsPerUser)).ConfigureAwait(false))
            {
                connection.Close(CloseCode.Flood, dropWaiting: true);
                await writer.ConfigureAwait(false);
                return;
            }

            await application.Opened(connection, awaitsResume, over.Token).ConfigureAwait(false);
            await loop.Run(reading.Token, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (connection.Draining.IsCancellationRequested && !over.IsCancellationRequested)
        {
            await loop.Drain().ConfigureAwait(false);
            connection.Close(CloseCode.GoingAway, dropWaiting: false);
        }
        catch (FramingException e)
        {
            connection.Close(e.Code, dropWaiting: false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException || over.IsCancellationRequested)
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
            await Finish(connection, frames, writer, loop.PeerHasClosed).ConfigureAwait(false);
        }
    }

    private async Task Finish(Connection connection, FrameReader frames, Task writer, bool peerHasClosed)
    {
        var closing = connection.ClosedWith is not null;
        if (closing)
        {
            // The close frame is on its way; the connection's own clock bounds the wait.
            await writer.ConfigureAwait(false);
        }

        await hub.Do(floor => floor.Unregister(connection)).ConfigureAwait(false);
        if (closing && !peerHasClosed && !connection.Ended.IsCancellationRequested)
        {
            await Linger(frames, connection.Ended).ConfigureAwait(false);
        }

        connection.End(abort: !closing);
        await writer.ConfigureAwait(false);
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
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
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
