using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Writes <c>docs/screenshots</c> when <c>CHAT_SCREENSHOTS=1</c>: each page and state, wide and narrow, light and dark, with a conversation in it.</summary>
public class Screenshots(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private static readonly (string Name, int Width, int Height)[] Sizes = [("1280", 1280, 800), ("360", 360, 740)];

    /// <summary>What a page looks like while something is open over it, or goes wrong. Each begins in the room.</summary>
    private static readonly (string Name, Func<Device, Task> Bring)[] States =
    [
        ("state-message-menu", async device =>
        {
            await device.Messages.Last.FocusAsync();
            await device.Page.Keyboard.PressAsync("Enter");
            await device.Id("action-reply").WaitForAsync();
        }),
        ("state-completion", async device =>
        {
            await device.Id("composer").FillAsync("@");
            await device.Id("completions").WaitForAsync();
        }),
        ("state-formatting", async device =>
        {
            await device.Id("composer").FillAsync("some words");
            await device.Id("composer").EvaluateAsync("e => { e.focus(); e.setSelectionRange(0, 4); }");
            await device.Id("format-bar").WaitForAsync();
        }),
        ("state-emoji-picker", async device =>
        {
            await device.Id("composer").FillAsync("");
            await device.Page.GetByRole(AriaRole.Button, new() { Name = "Insert emoji" }).ClickAsync();
            await device.Id("emoji").First.WaitForAsync();
        }),
        ("state-reply", async device =>
        {
            await device.Messages.Last.FocusAsync();
            await device.Page.Keyboard.PressAsync("r");
            await device.Id("composer-reply").WaitForAsync();
        }),
        ("state-delete-asked", async device =>
        {
            await device.Page.Locator("article.own").First.FocusAsync();
            await device.Page.Keyboard.PressAsync("Delete");
            await device.Id("confirm").WaitForAsync();
        }),
        ("state-edit-history", async device =>
        {
            await device.Id("edited").First.ClickAsync();
            await device.Id("revisions").Locator("li").Nth(1).WaitForAsync();
        }),
        ("state-switcher", async device =>
        {
            await device.Page.Keyboard.PressAsync("Control+k");
            await device.Id("switcher-input").FillAsync("al");
            await device.Page.WaitForTimeoutAsync(400);
        }),
        ("state-key-map", async device =>
        {
            await device.Messages.Last.FocusAsync();
            await device.Page.Keyboard.PressAsync("?");
            await device.Id("key-map").WaitForAsync();
        }),
        ("state-offline", async device =>
        {
            await device.Page.Context.SetOfflineAsync(true);
            await device.State("offline");
            await device.Write("Written without a network");
        }),
    ];

    /// <summary>Where they go; null when they are not to be written.</summary>
    internal static string? Folder => Environment.GetEnvironmentVariable("CHAT_SCREENSHOTS") == "1" ? Path.Combine(Repository.Root, "docs", "screenshots") : null;

    [Fact]
    public async Task Every_page_can_be_shown_wide_and_narrow_light_and_dark()
    {
        var folder = Folder;
        var shown = Shown(folder).ToList();
        foreach (var (size, width, height, scheme) in shown)
        {
            await using var first = await chat.Open(width, height, scheme);
            await first.Page.GotoAsync("/");
            await first.Id("register-email").WaitForAsync();
            await Take(first, folder, "first-run", size, scheme);
        }

        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        foreach (var (size, width, height, scheme) in shown)
        {
            await using var device = await chat.Open(width, height, scheme);
            device.Tolerate("ERR_INTERNET_DISCONNECTED");
            device.Tolerate("ERR_NETWORK_CHANGED");
            device.Tolerate("the server responded with a status of 400");
            device.Tolerate("WebSocket connection to");
            device.Tolerate("when fetching the script");
            await device.Page.GotoAsync("/login");
            await Take(device, folder, "login", size, scheme);
            await device.Id("login-submit").ClickAsync();
            await device.Id("form-error").WaitForAsync();
            await Take(device, folder, "state-login-refused", size, scheme);
            await device.Page.GotoAsync("/register");
            await Take(device, folder, "register", size, scheme);
            await device.Page.GotoAsync("/local");
            await device.Id("encrypt-go").WaitForAsync();
            await Take(device, folder, "local", size, scheme);
            await device.LogIn(viewer.Username);
            foreach (var (name, path) in scene.Pages)
            {
                await device.Page.GotoAsync(path);
                await device.IsLive();
                await Take(device, folder, name, size, scheme);
            }

            foreach (var (name, bring) in States)
            {
                await device.Page.GotoAsync($"/rooms/{scene.Room}");
                await device.IsLive();
                await device.Messages.First.WaitForAsync();
                await bring(device);
                await Take(device, folder, name, size, scheme);
            }
        }
    }

    /// <summary>All sizes and schemes for the folder, and one of them to see that it works.</summary>
    private static IEnumerable<(string Size, int Width, int Height, ColorScheme Scheme)> Shown(string? folder) =>
        folder is null
            ? [(Sizes[0].Name, Sizes[0].Width, Sizes[0].Height, ColorScheme.Light)]
            : from size in Sizes from scheme in new[] { ColorScheme.Light, ColorScheme.Dark } select (size.Name, size.Width, size.Height, scheme);

    internal static Task Take(Device device, string name, string size, ColorScheme scheme) => Folder is { } folder ? Take(device, folder, name, size, scheme) : Task.CompletedTask;

    private static async Task Take(Device device, string? folder, string name, string size, ColorScheme scheme)
    {
        await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var picture = await device.Page.ScreenshotAsync();
        picture.Length.ShouldBeGreaterThan(2_000);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}-{size}-{scheme.ToString().ToLowerInvariant()}.png"), picture);
        }
    }
}
