using System.Net.Sockets;
using System.Text;

namespace ChatMonolith.Tests.Harness;

/// <summary>Bytes on a TCP connection that no HTTP client would write, and all that comes back until the server ends it.</summary>
public static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="server">The server's address.</param>
    /// <param name="bytes">In Latin-1.</param>
    /// <returns>The status of each answer, and whether the server ended the connection.</returns>
    public static async Task<(int[] Statuses, bool Ended)> Exchange(Uri server, string bytes)
    {
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(server.Host, server.Port);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        var all = new MemoryStream();
        var ended = true;
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await stream.CopyToAsync(all, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            ended = false;
        }
        catch (IOException)
        {
            // Reset, since it did not read what followed: ended as well.
        }

        var statuses = Encoding.Latin1.GetString(all.ToArray()).Split("HTTP/1.1 ").Skip(1).Select(answer => int.Parse(answer[..3], System.Globalization.CultureInfo.InvariantCulture));
        return ([.. statuses], ended);
    }
}
