using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Writes <c>docs/screenshots</c> when <c>CHAT_SCREENSHOTS=1</c>: each page, wide and narrow, light and dark, with a conversation in it.</summary>
public class Screenshots(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private static readonly (string Name, int Width, int Height)[] Sizes = [("1280", 1280, 800), ("360", 360, 740)];

    [Fact]
    public async Task Every_page_can_be_shown_wide_and_narrow_light_and_dark()
    {
        var folder = Environment.GetEnvironmentVariable("CHAT_SCREENSHOTS") == "1" ? Path.Combine(Repository.Root, "docs", "screenshots") : null;
        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        foreach (var (size, width, height) in folder is null ? Sizes[..1] : Sizes)
        {
            foreach (var scheme in folder is null ? [ColorScheme.Light] : new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var device = await chat.Open(width, height, scheme);
                await device.Page.GotoAsync("/login");
                await Take(device, folder, "login", size, scheme);
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
            }
        }
    }

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
