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
        ("state-attached", async device =>
        {
            await device.Page.Locator("[data-testid=attach]:not([disabled])").WaitForAsync();
            var chooser = await device.Page.RunAndWaitForFileChooserAsync(() => device.Id("attach").ClickAsync());
            await chooser.SetFilesAsync([new FilePayload { Name = "Minutes.txt", MimeType = "text/plain", Buffer = "minutes"u8.ToArray() }, new FilePayload { Name = "Hill at noon.png", MimeType = "image/png", Buffer = Hill.Png(300, 200) }]);
            await Assertions.Expect(device.Page.Locator("[data-testid=attachment][data-state=done]")).ToHaveCountAsync(2);
            await device.Id("composer").FillAsync("What we wrote down, and the view");
            await Assertions.Expect(device.Id("upload")).ToHaveCountAsync(0);
        }),
        ("state-uploads", async device =>
        {
            await device.Id("attachment-remove").First.ClickAsync();
            await device.Id("attachment-remove").First.ClickAsync();
            await device.Id("composer").FillAsync("");
            await device.Page.Context.SetOfflineAsync(true);
            var chooser = await device.Page.RunAndWaitForFileChooserAsync(() => device.Id("attach").ClickAsync());
            await chooser.SetFilesAsync([new FilePayload { Name = "Recording of the meeting.webm", MimeType = "video/webm", Buffer = new byte[3_000_000] }, new FilePayload { Name = "archive.zip", MimeType = "application/zip", Buffer = new byte[800_000] }]);
            await device.Page.Locator("[data-testid=attachment]").Nth(1).WaitForAsync();
            if (await device.Id("tray-toggle").GetAttributeAsync("aria-expanded") == "false")
            {
                await device.Id("tray-toggle").ClickAsync();
            }

            await device.Id("upload-pause").Last.ClickAsync();
            await device.Page.Locator("[data-testid=upload][data-state=paused]").WaitForAsync();
        }),
        ("state-drop", async device =>
        {
            // The two of before come back one after the other.
            await Assertions.Expect(device.Id("attachment-remove")).ToHaveCountAsync(2, new() { Timeout = 30_000 });
            for (var left = 2; left > 0; left--)
            {
                await device.Id("attachment-remove").First.ClickAsync();

                // One that has begun to be uploaded is asked about.
                await device.Page.WaitForFunctionAsync("left => document.querySelectorAll('[data-testid=attachment-remove]').length < left || document.querySelector('[data-testid=confirm]')", left);
                if (await device.Id("confirm").CountAsync() > 0)
                {
                    await device.Id("confirm").ClickAsync();
                }

                await Assertions.Expect(device.Id("attachment-remove")).ToHaveCountAsync(left - 1);
            }

            await device.Page.EvaluateAsync("() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.txt')); document.querySelector('.stage').dispatchEvent(new DragEvent('dragenter', { dataTransfer: data, bubbles: true, cancelable: true })); }");
        }),
        ("state-viewer", async device =>
        {
            await device.Id("file-open").First.ClickAsync();
            await device.Id("viewer-picture").WaitForAsync();
        }),
        ("state-file-details", async device =>
        {
            await device.Page.GotoAsync("/files");
            await device.Id("file-row-more").First.ClickAsync();
            await device.Id("file-details").ClickAsync();
            await device.Id("version").First.WaitForAsync();
        }),
        ("state-file-delete", async device =>
        {
            await device.Page.GotoAsync("/files");
            await device.Id("file-row-more").Last.ClickAsync();
            await device.Id("file-delete").ClickAsync();
            await device.Id("confirm").WaitForAsync();
        }),
        ("state-file-gone", async device =>
        {
            await device.Page.RouteAsync("**/content", route => route.FulfillAsync(new() { Status = 410 }));
            device.Tolerate("the server responded with a status of 410");
            await device.Id("file-download").Last.ClickAsync();
            await device.Id("file-gone").WaitForAsync();
            await device.Page.UnrouteAllAsync();
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

            // An upload is taken away while it goes on.
            device.Tolerate("/api/v1/uploads/");
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

            // Without a folder that is done by those who look at each page for what it lacks.
            foreach (var (name, path) in folder is null ? [] : scene.Pages)
            {
                await device.Page.GotoAsync(path);
                await device.IsLive();
                await Take(device, folder, name, size, scheme);
            }

            foreach (var (name, bring) in States)
            {
                // One of them takes the network away.
                await device.Page.Context.SetOfflineAsync(false);
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
