using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What holds for every page, whatever is on it.</summary>
public class LayoutTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    /// <summary>Between the telephone's width and the desk's, for which <see cref="AccessibilityTests"/> looks at it on the same way through the pages.</summary>
    [Fact]
    public async Task Every_page_fits_whatever_the_length_of_names_and_topics()
    {
        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        await using var device = await chat.Open(800, 740);
        await device.LogIn(viewer.Username);
        foreach (var (_, path) in scene.Pages)
        {
            await device.Page.GotoAsync(path);
            await device.IsLive();
            await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await device.FitsTheScreen();
        }
    }

    [Fact]
    public async Task The_tab_key_stops_at_one_message_and_at_what_is_inside_it()
    {
        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        await using var device = await chat.Open();
        await device.LogIn(viewer.Username);
        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await device.Messages.Nth(1).FocusAsync();
        var stops = await device.Page.EvaluateAsync<int[]>(
            """
            () => [...document.querySelectorAll('[data-testid=message]')].map(one => [one, ...one.querySelectorAll('a[href], button:not(.action-bar button)')].filter(e => e.tabIndex === 0).length)
            """);
        stops[1].ShouldBeGreaterThan(1);
        stops.Where((_, at) => at != 1).ShouldAllBe(n => n == 0);
    }

    [Fact]
    public async Task The_first_field_of_the_login_page_has_the_focus()
    {
        await using var device = await chat.Open();
        await device.Page.GotoAsync("/login");
        await Assertions.Expect(device.Id("login-name")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_skip_link_leads_to_the_content_and_leaves_the_address_alone()
    {
        await using var device = await chat.Open();
        await using var person = await chat.Server.Register("Skip");
        await device.LogIn(person.Username);
        await device.Page.GotoAsync("/directory");
        await device.IsLive();
        await device.Page.Keyboard.PressAsync("Tab");
        (await device.Page.EvaluateAsync<string>("document.activeElement.className")).ShouldBe("skip-link");
        await device.Page.Keyboard.PressAsync("Enter");
        (await device.Page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("main");
        new Uri(device.Page.Url).PathAndQuery.ShouldBe("/directory");
        new Uri(device.Page.Url).Fragment.ShouldBeEmpty();
    }
}
