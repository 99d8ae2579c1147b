using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>
/// axe-core on every page and on what opens over it. It is a dependency of the tests only: its text is run by the browser's debugger,
/// which the page's content security policy does not bind.
/// </summary>
public class AccessibilityTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    [Theory]
    [InlineData(1280)]
    [InlineData(360)]
    public async Task No_page_has_a_finding_of_moderate_weight_or_more(int width)
    {
        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        await using var device = await chat.Open(width, 800);
        device.Tolerate("the server responded with a status of 400");
        device.Tolerate("ERR_INTERNET_DISCONNECTED");
        device.Tolerate("ERR_NETWORK_CHANGED");
        device.Tolerate("WebSocket connection to");
        device.Tolerate("when fetching the script");
        var findings = new List<string>();
        async Task Look(string what) => findings.AddRange((await Accessibility.InBothSchemes(device)).Select(f => $"{what}: {f}"));

        await device.Page.GotoAsync("/login");
        await Look("login");
        await device.Id("login-submit").ClickAsync();
        await device.Id("form-error").WaitForAsync();
        await Look("login refused");
        await device.Page.GotoAsync("/register");
        await Look("register");
        await device.LogIn(viewer.Username);
        foreach (var (name, path) in scene.Pages)
        {
            await device.Page.GotoAsync(path);
            await device.IsLive();
            await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await Look(name);
            await device.FitsTheScreen();
        }

        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await device.Messages.Last.FocusAsync();
        await Look("message with its actions");
        await device.Page.Keyboard.PressAsync("r");
        await device.Id("composer").FillAsync("@gr");
        await Look("reply with suggestions");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.Keyboard.PressAsync("Control+k");
        await device.Id("switcher").WaitForAsync();
        await Look("switcher");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.GetByRole(AriaRole.Button, new() { Name = "Insert emoji" }).ClickAsync();
        await device.Id("emoji").First.WaitForAsync();
        await Look("emoji picker");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Id("composer").FillAsync("some words");
        await device.Id("composer").EvaluateAsync("e => { e.focus(); e.setSelectionRange(0, 4); }");
        await device.Id("format-bar").WaitForAsync();
        await Look("formatting");
        await device.Id("composer").FillAsync("/");
        await device.Id("completions").WaitForAsync();
        await Look("commands");
        await device.Id("composer").FillAsync("");
        await device.Page.Locator("a.author").First.ClickAsync();
        await device.Id("message-person").WaitForAsync();
        await Look("person's card");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Messages.Last.FocusAsync();
        await device.Page.Keyboard.PressAsync("Enter");
        await Look("menu of a message");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await device.Id("edited").ClickAsync();
        await device.Id("revisions").WaitForAsync();
        await Look("edit history");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.GotoAsync("/search?q=the");
        await device.Id("filter-room").ClickAsync();
        await device.Id("picker-option").First.WaitForAsync();
        await Look("choice of a room");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await device.Messages.Last.FocusAsync();
        await device.Page.Keyboard.PressAsync("?");
        await device.Id("key-map").WaitForAsync();
        await Look("map of keys");
        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await device.Id("file-open").First.ClickAsync();
        await device.Id("viewer-picture").WaitForAsync();
        await Look("picture in full");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.Locator("[data-testid=attach]:not([disabled])").WaitForAsync();
        await device.Page.Context.SetOfflineAsync(true);
        var chooser = await device.Page.RunAndWaitForFileChooserAsync(() => device.Id("attach").ClickAsync());
        await chooser.SetFilesAsync(new FilePayload { Name = "minutes.txt", MimeType = "text/plain", Buffer = "minutes"u8.ToArray() });
        await device.Id("attachment").WaitForAsync();
        if (width < 720)
        {
            await device.Id("tray-toggle").ClickAsync();
        }

        await device.Id("upload").WaitForAsync();
        await Look("files at the composer, and uploads");
        await device.Id("attachment-remove").ClickAsync();
        await device.Page.Context.SetOfflineAsync(false);
        await device.IsLive();
        await device.Page.GotoAsync("/files");
        await device.Id("file-row-more").First.ClickAsync();
        await Look("menu of a file");
        await device.Id("file-details").ClickAsync();
        await device.Id("version").First.WaitForAsync();
        await Look("details of a file");
        await device.Id("details-delete").ClickAsync();
        await device.Id("confirm").WaitForAsync();
        await Look("deletion of a file");
        await device.Page.GotoAsync("/");
        await device.IsLive();
        await device.Id("new-room").ClickAsync();
        await Look("new room");
        await device.Id("new-room-submit").ClickAsync();
        await device.Page.Locator("dialog .field-error").WaitForAsync();
        await Assertions.Expect(device.Id("new-room-name")).ToBeFocusedAsync();
        await Look("new room refused");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Id("me-menu").ClickAsync();
        await Look("menu");

        findings.ShouldBeEmpty(string.Join('\n', findings));
    }
}
