using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What people write is shown, never run, and breaks no page. The device itself fails for a dialog, a violation or a foreign request.</summary>
public class InjectionTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private const string Forbidden = "[data-testid=message] :is(script, iframe, frame, object, embed, form, style, link, meta, base, video, audio, svg image, svg use, svg script, [onclick], [onerror], [onload], [style])";

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task A68_nothing_that_is_written_in_messages_rooms_or_names_runs_or_breaks_a_page(int width, int height)
    {
        HostileTexts.All.Count.ShouldBeGreaterThanOrEqualTo(200);
        HostileTexts.All.Distinct().Count().ShouldBe(HostileTexts.All.Count);
        await chat.Server.Register("admin");
        await using var writer = await chat.Server.Register("writer");
        await using var reader = await chat.Server.Register("reader");
        var (room, odd) = await Write(writer, reader);

        await using var device = await chat.Open(width, height);
        await device.LogIn(reader.Username);
        var first = (await reader.Http.Get($"rooms/{room}/messages?after=0&limit=1")).Ok()["items"][0].Seq();
        await device.Page.GotoAsync($"/rooms/{room}/m/{first}");
        await device.Messages.First.WaitForAsync();
        await ReadToTheEnd(device, writer, room);

        await device.Page.EvaluateAsync("window.mark = 1");
        foreach (var text in HostileTexts.All.Where((_, i) => i % 7 == 0))
        {
            await writer.Post(room, text);
            (await writer.Http.Patch("users/me", new { displayName = Cut(text) })).Status.ShouldBeOneOf(200, 400);
        }

        await writer.Post(room, "nothing has happened");
        await device.Messages.Filter(new() { HasText = "nothing has happened" }).WaitForAsync();
        await Unharmed(device);
        (await device.Page.EvaluateAsync<int>("window.mark ?? 0")).ShouldBe(1, "The page went elsewhere.");
        foreach (var path in new[]
        {
            "/", "/directory", "/inbox", "/search?q=script", "/search?q=evil", $"/rooms/{room}/members", $"/rooms/{room}/pins", $"/rooms/{odd}/details", $"/rooms/{odd}/settings", $"/rooms/{odd}", $"/people/{writer.Id}",
        })
        {
            await device.Page.GotoAsync(path);
            await device.IsLive();
            await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await Unharmed(device);
        }

        await device.Page.Keyboard.PressAsync("Control+k");
        await device.Id("switcher-input").FillAsync("script");
        await device.Page.WaitForTimeoutAsync(400);
        await Unharmed(device);
    }

    /// <summary>Every text as a message; as the name and topic of a room, as far as the server takes it; as somebody's name and bio; and where somebody is called.</summary>
    private static async Task<(Guid Room, Guid Odd)> Write(Person writer, Person reader)
    {
        var room = await writer.CreateRoom("corpus", "private", reader);
        var odd = Guid.Empty;
        foreach (var (text, i) in HostileTexts.All.Select((text, i) => (text, i)))
        {
            var sent = await writer.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text });
            sent.Status.ShouldBeOneOf(201, 400);
            if (i % 5 != 0)
            {
                continue;
            }

            var made = await writer.Http.Post("rooms", new { type = i % 2 == 0 ? "public" : "private", name = Cut(text), memberIds = new[] { reader.Id } });
            made.Status.ShouldBeOneOf(201, 400);
            if (made.IsOk)
            {
                odd = made["id"].GetGuid();
                (await writer.Http.Patch($"rooms/{odd}", new { topic = text.Length > 250 ? text[..250] : text })).Status.ShouldBeOneOf(200, 400);
                (await writer.Http.Patch($"rooms/{odd}/members/{reader.Id}", new { role = "owner" })).Ok();
            }

            (await writer.Http.Patch("users/me", new { displayName = Cut(text) })).Status.ShouldBeOneOf(200, 400);
            (await writer.Http.Patch("users/me", new { bio = text.Length > 500 ? text[..500] : text })).Status.ShouldBeOneOf(200, 400);
            if (sent.IsOk)
            {
                (await writer.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = $"@{reader.Username} {text}"[..Math.Min(text.Length, 400)], replyTo = sent["id"].GetGuid() })).Status.ShouldBeOneOf(201, 400);
                (await writer.Http.Put($"messages/{sent["id"].GetGuid()}/pin")).Status.ShouldBeOneOf(200, 204, 400);
            }
        }

        odd.ShouldNotBe(Guid.Empty);
        return (room, odd);
    }

    private static async Task ReadToTheEnd(Device device, Person writer, Guid room)
    {
        var last = (await writer.History(room))[^1].Seq();
        await device.Id("timeline").HoverAsync();
        for (var i = 0; i < 400; i++)
        {
            await Unharmed(device);
            if (await device.Page.Locator($"[data-testid=message][data-seq='{last}']").CountAsync() > 0)
            {
                return;
            }

            await device.Page.Mouse.WheelAsync(0, 2_000);
            await device.Page.WaitForTimeoutAsync(60);
        }

        Assert.Fail("The end of the room was not reached.");
    }

    private static async Task Unharmed(Device device)
    {
        (await device.Page.Locator(Forbidden).CountAsync()).ShouldBe(0);
        var links = await device.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('a[href], img[src]')].map(one => one.getAttribute('href') ?? one.getAttribute('src'))");
        links.ShouldAllBe(link => link.StartsWith("https://") || link.StartsWith("http://") || link.StartsWith("mailto:") || (link.StartsWith('/') && !link.StartsWith("//")));
        (await device.Page.TitleAsync()).ShouldNotBe("PWNED");
        await device.FitsTheScreen();
    }

    /// <summary>A name holds at most 80 characters and no line ends.</summary>
    private static string Cut(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 80 ? line[..80] : line;
    }
}
