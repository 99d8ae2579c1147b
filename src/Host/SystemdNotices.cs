using System.Net.Sockets;
using System.Text;

namespace ChatMonolith.Host;

/// <summary>
/// Tells systemd when the server serves and when it stops (sd_notify(3)), so that what depends on it waits, and a start whose
/// migrations take long is not taken for one that failed. Does nothing where nobody asked (<c>NOTIFY_SOCKET</c>).
/// </summary>
internal sealed class SystemdNotices(IHostApplicationLifetime lifetime, ILogger<SystemdNotices> logger) : IHostedService
{
    private readonly string? address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (address is { Length: > 1 } && address[0] is '/' or '@')
        {
            lifetime.ApplicationStarted.Register(() => Tell("READY=1"));
            lifetime.ApplicationStopping.Register(() => Tell("STOPPING=1"));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Tell(string state)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

            // An @ stands for the zero byte of an abstract address.
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(address![0] == '@' ? '\0' + address[1..] : address));
        }
        catch (SocketException e)
        {
            logger.LogWarning("The service manager at {Address} was not told {State}: {Reason}", address, state, e.Message);
        }
    }
}
