using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Browser;

/// <summary>What people write is shown, never run. The device itself fails for a dialog, a violation or a foreign request.</summary>
public class InjectionTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private const string Runs = "document.title='PWNED';alert(1)";

    private static readonly string[] Corpus =
    [
        $"<script>{Runs}</script>",
        $"<img src=x onerror=\"{Runs}\">",
        $"<svg onload=\"{Runs}\"></svg>",
        $"<svg><script>{Runs}</script></svg>",
        $"<iframe srcdoc=\"<script>{Runs}</script>\"></iframe>",
        $"<math><mtext><table><mglyph><style><img src=x onerror=\"{Runs}\">",
        $"<details open ontoggle=\"{Runs}\">",
        $"<a href=\"javascript:{Runs}\">x</a>",
        $"[x](javascript:{Runs})",
        $"[x](JaVaScRiPt:{Runs})",
        $"[x](&#106;avascript:{Runs})",
        $"[x](data:text/html,<script>{Runs}</script>)",
        $"![x](javascript:{Runs})",
        "![x](https://evil.example/pixel.png)",
        $"<javascript:{Runs}>",
        $"[x]: javascript:{Runs}\n\n[x]",
        $"`<img src=x onerror=\"{Runs}\">`",
        $"```html\n<script>{Runs}</script>\n```",
        $"</textarea></title></style></script><script>{Runs}</script>",
        $"\"><img src=x onerror={Runs}>",
        $"'-{Runs}-'",
        "<style>@import url('https://evil.example/x.css');</style>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
        "<base href=https://evil.example/>",
        "<form action=https://evil.example/><button>x</button></form>",
        "<object data=https://evil.example/x.swf></object>",
        $"<noscript><p title=\"</noscript><img src=x onerror={Runs}>\">",
        "\u202E<script>gnp.exe",
        "{{constructor.constructor('alert(1)')()}}",
        "<x data-testid=\"message\" id=\"main\" name=\"body\">",
    ];

    [Fact]
    public async Task A68_nothing_that_is_written_in_messages_rooms_or_names_runs()
    {
        await chat.Server.Register("admin");
        await using var writer = await chat.Server.Register("writer");
        await using var reader = await chat.Server.Register("reader");
        var room = await writer.CreateRoom("corpus", "private", reader);
        foreach (var text in Corpus)
        {
            await writer.Post(room, text);
            await writer.CreateRoom(Cut(text), "private", reader);
            (await writer.Http.Patch("users/me", new { displayName = Cut(text), bio = text })).Ok();
            await writer.Post(room, "named so: " + JsonSerializer.Serialize(text));
        }

        await using var device = await chat.Open();
        await device.LogIn(reader.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.Messages.First.WaitForAsync();
        await device.Id("open-members").ClickAsync();
        await device.Id("members-panel").WaitForAsync();
        for (var i = 0; i < 6; i++)
        {
            await device.Id("timeline").HoverAsync();
            await device.Page.Mouse.WheelAsync(0, -2_000);
            await device.Messages.First.WaitForAsync();
        }

        foreach (var link in await device.Page.Locator("[data-testid=message] a[href]").AllAsync())
        {
            (await link.GetAttributeAsync("href"))!.ShouldMatch("^(https?:|mailto:|/)");
        }

        (await device.Page.Locator("[data-testid=message] :is(script, iframe, object, embed, form, style, link, meta, base, svg image)").CountAsync()).ShouldBe(0);
        (await device.Page.TitleAsync()).ShouldNotContain("PWNED");
    }

    /// <summary>A name holds at most 80 characters and no line ends.</summary>
    private static string Cut(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 80 ? line[..80] : line;
    }
}
