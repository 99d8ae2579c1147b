using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ChatMonolith.Host;

/// <summary>
/// Says once, at the start, that an address which others can reach is served without TLS: browsers keep no login there, and what clients
/// send can be read on the way. A proxy on the same machine speaks to a loopback address, which is fine.
/// </summary>
internal static class PlainHttpWarning
{
    public static void WarnOfPlainHttp(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses.Where(IsOpenToOthers))
        {
            app.Logger.LogWarning("{Address} is plain HTTP and can be reached from other machines: logins do not hold in browsers there, and what clients send can be read on the way. Set Server:Certificate and an https address, or listen on 127.0.0.1 behind a proxy", address);
        }
    });

    internal static bool IsOpenToOthers(string address)
    {
        var parsed = BindingAddress.Parse(address);
        return parsed.Scheme == Uri.UriSchemeHttp && !parsed.IsUnixPipe
            && !(parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
    }
}
