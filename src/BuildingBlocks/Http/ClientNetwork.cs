using System.Net;
using System.Net.Sockets;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>What callers are counted by where nobody is logged in.</summary>
public static class ClientNetwork
{
    /// <summary>An IPv4 address, or the /64 of an IPv6 one, which one person holds whole.</summary>
    public static string Of(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        if (plain is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return plain?.ToString() ?? "";
        }

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }
}
