using System.Net.Sockets;

namespace ChatMonolith.BuildingBlocks.Realtime.Transport;

/// <summary>A feature of a connection whose socket can be taken out of the web server's hands after an upgrade.</summary>
internal interface IDetachableConnection
{
    /// <summary>
    /// Waits until all that the web server wrote has been handed to the kernel, stops its loops, and gives the socket away. The request
    /// then ends; all that the web server held for the connection is freed.
    /// </summary>
    /// <param name="upgraded">The upgraded stream; what the peer had sent ahead is read out of it.</param>
    /// <returns>The socket, not blocking, and what had been received already.</returns>
    Task<(Socket Socket, byte[] Received)> Detach(Stream upgraded);
}
