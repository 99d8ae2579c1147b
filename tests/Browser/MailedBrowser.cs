using System.Globalization;
using System.Security.Cryptography;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>A server that sends mail, whose links and passkeys are for the address that the browsers use.</summary>
public class MailedBrowser : BrowserServer
{
    private MailServer mail = null!;

    internal MailServer Mail => mail;

    protected virtual (string Key, string Value)[] Settings => [("Hooks__AllowPrivateAddresses", "true"), ("Hooks__RetrySeconds", "1"), ("Hooks__MostFailures", "1")];

    protected override async Task<RunningServer> StartServer()
    {
        mail = await MailServer.Start();
        var server = await RunningServer.Prepare(Engine.Sqlite, [.. mail.Settings, .. Settings]);
        server.Set("Server__PublicUrl", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{server.Port}"));
        await server.Restart();
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await mail.DisposeAsync();
    }
}

/// <summary>One where addresses are confirmed before anything else, and everybody has to have a second factor.</summary>
public sealed class StrictBrowser : MailedBrowser
{
    protected override (string Key, string Value)[] Settings => [("Auth__EmailVerificationRequired", "true"), ("Auth__SecondFactor", "All")];
}

/// <summary>Chromium's virtual authenticator: a device that has passkeys, asks its user, and can be lost.</summary>
internal sealed class VirtualAuthenticator
{
    private readonly ICDPSession session;
    private readonly string id;

    private VirtualAuthenticator(ICDPSession session, string id)
    {
        this.session = session;
        this.id = id;
    }

    public static async Task<VirtualAuthenticator> In(Device device)
    {
        var opened = await device.Page.Context.NewCDPSessionAsync(device.Page);
        await opened.SendAsync("WebAuthn.enable");
        var added = await opened.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["options"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        return new VirtualAuthenticator(opened, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>Whether its user is there: without them nothing is answered, also not what the browser offers by itself.</summary>
    public Task IsPresent(bool present) => session.SendAsync("WebAuthn.setAutomaticPresenceSimulation", new Dictionary<string, object>(StringComparer.Ordinal) { ["authenticatorId"] = id, ["enabled"] = present });

    public Task IsLost() => session.SendAsync("WebAuthn.removeVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal) { ["authenticatorId"] = id });
}

/// <summary>An authenticator app (RFC 6238: HMAC-SHA-1, six digits, half a minute).</summary>
internal static class AppCode
{
    /// <param name="base32">The secret.</param>
    /// <param name="later">Steps after this one; the server takes one.</param>
    public static string Of(string base32, int later = 0)
    {
        var bits = string.Concat(base32.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        byte[] secret = [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
        Span<byte> step = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(step, (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30) + later);
#pragma warning disable CA5350 // The algorithm is what every authenticator app has.
        var mac = HMACSHA1.HashData(secret, step);
#pragma warning restore CA5350
        var at = mac[^1] & 15;
        return ((System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(at)) & int.MaxValue) % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
