using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace ChatMonolith.Tests.Browser;

/// <summary>A real server and the system's Chromium; people come with <see cref="Open"/>, each with a browser profile of their own.</summary>
public class BrowserServer : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    ];

    /// <summary>One for all: starting it takes seconds, and people have profiles of their own in it.</summary>
    private static readonly Lazy<Task<IBrowser>> Chromium = new(Launch);

    public RunningServer Server { get; private set; } = null!;

    /// <summary>As a browser names it: on <c>localhost</c> secure cookies and service workers work without TLS.</summary>
    public Uri Address => new($"http://localhost:{Server.Port}");

    public async ValueTask InitializeAsync()
    {
        Server = await StartServer();
        await Chromium.Value;
    }

    public async Task<Device> Open(int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light, string? userAgent = null)
    {
        var context = await (await Chromium.Value).NewContextAsync(new()
        {
            BaseURL = Address.ToString(),
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = "en",
            UserAgent = userAgent,
            ReducedMotion = ReducedMotion.Reduce,
        });
        return await Device.In(context, Address);
    }

    /// <summary>A server with nothing in it, unless a test needs one with history.</summary>
    protected virtual Task<RunningServer> StartServer() => RunningServer.Start(Engine.Sqlite);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    /// <summary>It ends with this process, whose end the driver notices.</summary>
    private static async Task<IBrowser> Launch()
    {
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = FindChromium(), Args = Arguments });
    }

    private static string FindChromium() =>
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is not installed. Debian: apt-get install chromium; tools/test does it.");
}
