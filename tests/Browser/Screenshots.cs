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
        var (person, room) = await Conversation();
        foreach (var (size, width, height) in folder is null ? Sizes[..1] : Sizes)
        {
            foreach (var scheme in folder is null ? [ColorScheme.Light] : new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var device = await chat.Open(width, height, scheme);
                await device.Page.GotoAsync("/login");
                await Take(device, folder, "login", size, scheme);
                await device.Page.GotoAsync("/register");
                await Take(device, folder, "register", size, scheme);
                await device.LogIn(person.Username);
                await Take(device, folder, "rooms", size, scheme);
                foreach (var (name, path) in new[] { ("room", $"/rooms/{room}"), ("members", $"/rooms/{room}/members"), ("directory", "/directory"), ("sessions", "/settings/sessions"), ("profile", "/settings/profile") })
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

    private async Task<(Person Person, Guid Room)> Conversation()
    {
        await using var owner = await chat.Server.Register("Grace");
        var ada = await chat.Server.Register("Ada");
        await using var alan = await chat.Server.Register("Alan");
        var room = await owner.CreateRoom("Release 0.1", "private", ada, alan);
        await owner.CreateRoom("Kettles", "public", ada);
        await ada.DirectRoomWith(alan);
        await owner.Post(room, "Good morning! Today we ship. The list:\n\n- [x] log\n- [x] sockets\n- [ ] tea");
        var question = await alan.Post(room, "Has anybody *measured* the start? `dotnet` says:\n\n```\nready after 0.9 s\n```");
        (await ada.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "Under a second here too.", replyTo = question.Id() })).Ok();
        (await owner.Http.Put($"messages/{question.Id()}/reactions/%F0%9F%91%8D")).Ok();
        (await ada.Http.Put($"messages/{question.Id()}/reactions/%F0%9F%91%8D")).Ok();
        (await owner.Http.Put($"messages/{question.Id()}/pin")).Ok();
        await owner.Post(room, "Then **yes**. See https://example.org/plan for the rest.");
        return (ada, room);
    }
}
