using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>The main job with no pointer at all: nothing here clicks, and nothing is put into a field but by typing.</summary>
public class KeyboardTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private const int MostTabs = 60;

    [Fact]
    public async Task A_person_registers_makes_a_room_invites_talks_searches_and_sets_up_by_keyboard_alone()
    {
        await using var bob = await chat.Server.Register("Kbob");
        await using var ann = await chat.Open();
        var keys = ann.Page.Keyboard;
        await ann.Page.GotoAsync("/register");
        await ann.Id("register-email").WaitForAsync();
        foreach (var (field, text) in new[] { ("register-email", "kann@example.org"), ("register-display-name", "Ann of the keys"), ("register-username", "kann"), ("register-password", "long copper kettle 47") })
        {
            await TabTo(ann, field);
            await keys.TypeAsync(text);
        }

        await keys.PressAsync("Enter");
        await ann.Id("room-list").WaitForAsync();
        await ann.IsLive();

        await Choose(ann, "New room");
        await Focused(ann, "new-room-name");
        await keys.TypeAsync("Keys only");
        await keys.PressAsync("Enter");
        await ann.IsIn("Keys only");
        await Focused(ann, "composer");

        await keys.TypeAsync($"/invite @{bob.Username[..5]}");
        await ann.Id("completions").WaitForAsync();
        await keys.PressAsync("Enter");
        await keys.PressAsync("Enter");
        await ann.Page.GetByText("is in this room now").WaitForAsync();

        await keys.TypeAsync("The first word");
        await keys.PressAsync("Enter");
        await ann.Sees("The first word");

        // From the empty field up to the messages, and from the focused one by single keys.
        await keys.PressAsync("Shift+ArrowUp");
        await keys.PressAsync("r");
        await Focused(ann, "composer");
        await keys.TypeAsync("An answer to it");
        await keys.PressAsync("Enter");
        await ann.Id("quote").WaitForAsync();
        await ann.Sees("An answer to it");

        await keys.PressAsync("Shift+ArrowUp");
        await keys.PressAsync("+");
        await Focused(ann, "emoji-search");
        await keys.TypeAsync("rocket");
        await keys.PressAsync("Enter");
        await ann.Page.Locator("[data-testid=reaction][data-emoji='🚀']").WaitForAsync();

        await keys.PressAsync("t");
        await Focused(ann, "thread-composer");
        await keys.TypeAsync("Aside, in a thread");
        await keys.PressAsync("Enter");
        await ann.Id("thread").GetByText("Aside, in a thread").WaitForAsync();
        await keys.PressAsync("Escape");
        await ann.Id("thread").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ann.Id("thread-line").WaitForAsync();

        await Until(ann, "composer");
        await keys.PressAsync("ArrowUp");
        await ann.Id("composer-edit").WaitForAsync();
        await keys.TypeAsync(", mended");
        await keys.PressAsync("Enter");
        await ann.Sees("An answer to it, mended");

        await keys.PressAsync("Control+Shift+f");
        await Focused(ann, "search-input");
        await keys.TypeAsync("first word");
        await ann.Id("search-hit").First.WaitForAsync();
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");
        await ann.Page.Locator("[data-testid=message].flash, [data-testid=message]:focus").First.WaitForAsync();

        await Choose(ann, "Appearance");
        await TabTo(ann, "scheme-system");
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("ArrowDown");
        await ann.Page.Locator("html[data-scheme=dark]").WaitForAsync();
    }

    [Fact]
    public async Task F6_goes_round_the_regions_and_a_closed_panel_gives_the_focus_back()
    {
        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        await using var device = await chat.Open();
        await device.LogIn(viewer.Username);
        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await Focused(device, "composer");
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await device.Page.Keyboard.PressAsync("F6");
            seen.Add(await device.Page.EvaluateAsync<string>("document.activeElement.closest('.rooms-head, .room-list, .scroller, .room-foot, .panel')?.className.split(' ')[0] ?? document.activeElement.tagName"));
        }

        seen.ShouldBe(["rooms-head", "room-list", "scroller", "room-foot"]);

        await device.Id("open-pins").FocusAsync();
        await device.Page.Keyboard.PressAsync("Enter");
        await device.Id("pinned-message").First.WaitForAsync();
        await device.Page.Keyboard.PressAsync("Escape");
        await Focused(device, "open-pins");
    }

    [Fact]
    public async Task Alt_and_the_arrows_lead_from_room_to_room()
    {
        var scene = await Scene.Set(chat.Server);
        await using var viewer = scene.Viewer;
        await using var device = await chat.Open();
        await device.LogIn(viewer.Username);
        await device.Page.GotoAsync($"/rooms/{scene.Room}");
        await device.IsIn("Release 0.1");
        await device.Page.Keyboard.PressAsync("Alt+ArrowUp");
        await device.IsIn("Quiet corner");
        await device.Page.Keyboard.PressAsync("Alt+ArrowDown");
        await device.IsIn("Release 0.1");
    }

    private static Task Focused(Device device, string testId) => Assertions.Expect(device.Id(testId).First).ToBeFocusedAsync();

    /// <summary>An action or a place, by the switcher.</summary>
    private static async Task Choose(Device device, string what)
    {
        await device.Page.Keyboard.PressAsync("Control+k");
        await Focused(device, "switcher-input");
        await device.Page.Keyboard.TypeAsync(what);
        await device.Id("switcher").Locator("[role=option]").Filter(new() { HasText = what }).First.WaitForAsync();
        for (var i = 0; i < 10 && !(await device.Id("switcher").Locator("[role=option][aria-selected=true]").InnerTextAsync()).Contains(what, StringComparison.Ordinal); i++)
        {
            await device.Page.Keyboard.PressAsync("ArrowDown");
        }

        await device.Page.Keyboard.PressAsync("Enter");
        await device.Id("switcher").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    private static async Task TabTo(Device device, string testId)
    {
        for (var i = 0; i < MostTabs; i++)
        {
            if (await device.Page.EvaluateAsync<string?>("document.activeElement?.dataset.testid") == testId)
            {
                return;
            }

            await device.Page.Keyboard.PressAsync("Tab");
        }

        throw new InvalidOperationException($"The tab key does not lead to {testId}.");
    }

    /// <summary>By F6, which goes round all regions.</summary>
    private static async Task Until(Device device, string testId)
    {
        for (var i = 0; i < 8; i++)
        {
            if (await device.Page.EvaluateAsync<string?>("document.activeElement?.dataset.testid") == testId)
            {
                return;
            }

            await device.Page.Keyboard.PressAsync("F6");
        }

        throw new InvalidOperationException($"F6 does not lead to {testId}.");
    }
}
