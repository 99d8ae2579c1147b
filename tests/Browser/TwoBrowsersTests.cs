using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>The main job as people do it: two browsers, one server.</summary>
public class TwoBrowsersTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    [Fact]
    public async Task Two_people_register_make_a_room_invite_and_talk_live()
    {
        await using var ann = await chat.Open();
        await using var bob = await chat.Open();
        await ann.Register("ann", "Ann");
        await bob.Register("bob", "Bob");

        await ann.OpenRoom("general");
        await bob.OpenRoom("general");
        await ann.Write("Hello **everyone**");
        await bob.Sees("Hello everyone");
        await bob.Write("Hello Ann");
        await ann.Sees("Hello Ann");

        await ann.Id("new-room").ClickAsync();
        await ann.Id("new-room-name").FillAsync("Kettles");
        await ann.Id("new-room-private").CheckAsync();
        await ann.Id("new-room-submit").ClickAsync();
        await ann.IsIn("Kettles");
        await ann.Id("open-members").ClickAsync();
        await ann.Id("make-invite").ClickAsync();
        await ann.Id("create-invite").ClickAsync();
        var link = await ann.Id("invite-link").InputValueAsync();
        await bob.Page.GotoAsync(link);
        await bob.Id("join-accept").ClickAsync();
        await bob.IsIn("Kettles");
        await bob.Write("I am in");
        await ann.Page.Keyboard.PressAsync("Escape");
        await ann.Sees("I am in");
    }

    [Fact]
    public async Task Both_messages_around_a_crash_of_the_server_arrive_once_on_both_sides()
    {
        await using var own = new BrowserServer();
        await own.InitializeAsync();
        await using var ann = await own.Open();
        await using var bob = await own.Open();
        foreach (var device in new[] { ann, bob })
        {
            device.Tolerate("ERR_CONNECTION");
            device.Tolerate("WebSocket connection to");
        }

        await ann.Register("ann", "Ann");
        await bob.Register("bob", "Bob");
        await ann.OpenRoom("general");
        await bob.OpenRoom("general");
        await ann.Write("before the crash");
        await bob.Sees("before the crash");

        await own.Server.Kill9();
        await ann.Write("while it is down");
        await own.Server.Restart();

        await bob.Sees("while it is down");
        await ann.Sees("while it is down");
        await bob.Write("after the crash");
        await ann.Sees("after the crash");
        await bob.Sees("before the crash");
        await ann.Sees("before the crash");
    }

    [Fact]
    public async Task At_360_pixels_every_page_fits_and_a_person_can_talk()
    {
        await using var eve = await chat.Open(width: 360, height: 740);
        await eve.Register("eve", "Eve");
        await eve.FitsTheScreen();
        await eve.OpenRoom("general");
        await eve.FitsTheScreen();
        await eve.Write("from a telephone with-a-very-long-word-" + new string('w', 120));
        await eve.Sees("from a telephone");
        await eve.FitsTheScreen();
        foreach (var page in new[] { "/directory", "/settings/profile", "/settings/sessions", "/settings/password", "/settings/appearance" })
        {
            await eve.Page.GotoAsync(page);
            await eve.IsLive();
            await eve.FitsTheScreen();
        }
    }

    [Fact]
    public async Task A69_the_session_outlives_a_reload_and_ends_with_logging_out()
    {
        await using var dan = await chat.Open();
        await dan.Register("dan", "Dan");
        await dan.Page.ReloadAsync();
        await dan.Id("room-list").WaitForAsync();

        // Where the address leads is opened once the rooms are known, and what is open over the page before closes then.
        await dan.IsLive();
        await dan.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var readable = await dan.Page.EvaluateAsync<string>("document.cookie");
        readable.ShouldBeEmpty();
        await dan.Id("me-menu").ClickAsync();
        await dan.Id("log-out").ClickAsync();

        // Where something would be lost with it, it asks.
        await dan.Id("confirm").Or(dan.Id("login-name")).First.WaitForAsync();
        if (await dan.Id("confirm").IsVisibleAsync())
        {
            await dan.Id("confirm").ClickAsync();
        }

        await dan.Id("login-name").WaitForAsync();
    }
}
