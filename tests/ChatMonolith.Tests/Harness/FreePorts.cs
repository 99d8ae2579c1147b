using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// Ports below the range from which the system takes those of outgoing connections: a server that is killed and started again finds
/// its own still free.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int Last = 32_000;

    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                listener.Stop();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }
}
