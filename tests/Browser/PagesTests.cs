using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Search, the inbox, a person's and a room's settings.</summary>
public class PagesTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    /// <summary>4 × 4 pixels, one colour.</summary>
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGP4z8AARwzEcQCukw/x0F8jngAAAABJRU5ErkJggg==");

    [Fact]
    public async Task A_search_is_narrowed_by_chips_leads_to_the_hit_and_is_still_there_on_the_way_back()
    {
        await using var finn = await chat.Server.Register("Finn");
        await using var gina = await chat.Server.Register("Gina");
        var room = await finn.CreateRoom("Tea room", "private", gina);
        var other = await finn.CreateRoom("Elsewhere", "private");
        await finn.Post(room, "Green tea, please");
        await gina.Post(room, "No tea for me, and then nothing more");
        await finn.Post(other, "Tea without anybody");
        await using var device = await In(finn, "/search");
        await device.Page.GetByText("Find what was said").WaitForAsync();
        await device.Id("search-input").FillAsync("tea");
        await Assertions.Expect(device.Id("search-hit")).ToHaveCountAsync(3);
        await Assertions.Expect(device.Page.Locator("mark").First).ToHaveTextAsync("Tea");

        await device.Id("filter-room").ClickAsync();
        await device.Page.Keyboard.TypeAsync("Tea");
        await device.Id("picker-option").Filter(new() { HasText = "Tea room" }).ClickAsync();
        await Assertions.Expect(device.Id("search-hit")).ToHaveCountAsync(2);
        await device.Id("filter-person").ClickAsync();
        await device.Page.Keyboard.TypeAsync(gina.Username);
        await device.Id("picker-option").Filter(new() { HasText = gina.Username }).ClickAsync();
        await Assertions.Expect(device.Id("search-hit")).ToHaveCountAsync(1);
        device.Page.Url.ShouldContain($"from={gina.Id}");

        await device.Id("search-hit").ClickAsync();
        await Assertions.Expect(device.Messages.Filter(new() { HasText = "No tea for me" })).ToBeFocusedAsync();
        await device.Page.GoBackAsync();
        await Assertions.Expect(device.Id("search-hit")).ToHaveCountAsync(1);

        await device.Id("filter-file").ClickAsync();
        await device.Page.GetByText("Nothing found for").WaitForAsync();
        await device.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the filters" }).ClickAsync();
        await Assertions.Expect(device.Id("search-hit")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task All_pages_of_a_long_search_come_as_one_scrolls()
    {
        await using var finn = await chat.Server.Register("Finn");
        var room = await finn.CreateRoom("Many", "private");
        for (var i = 0; i < 70; i++)
        {
            await finn.Post(room, $"kettle number {i}");
        }

        await using var device = await In(finn, "/search?q=kettle");
        await device.Id("search-hit").First.WaitForAsync();
        for (var i = 0; i < 20 && await device.Id("search-hit").CountAsync() < 70; i++)
        {
            await device.Id("search-hit").Last.ScrollIntoViewIfNeededAsync();
            await device.Page.Locator(".search-end, [data-more]").First.WaitForAsync();
        }

        await Assertions.Expect(device.Id("search-hit")).ToHaveCountAsync(70);
        await device.Page.GetByText("That is everything.").WaitForAsync();
    }

    [Fact]
    public async Task The_inbox_counts_what_came_leads_to_it_and_can_be_emptied()
    {
        await using var finn = await chat.Server.Register("Finn");
        await using var gina = await chat.Server.Register("Gina");
        await using var device = await In(finn, "/settings/profile");

        // This browser is a new device of his, and that comes first of all.
        await Assertions.Expect(device.Id("inbox-count")).ToHaveTextAsync("1");
        (await finn.Http.Post("notifications/read", new { all = true })).Ok();
        await Assertions.Expect(device.Id("inbox-count")).ToHaveCountAsync(0);
        var room = await gina.CreateRoom("Bells", "private", finn);
        await Assertions.Expect(device.Id("inbox-count")).ToHaveTextAsync("1");
        await gina.Post(room, $"@{finn.Username} come");
        await Assertions.Expect(device.Id("inbox-count")).ToHaveTextAsync("2");
        await device.Id("open-inbox").ClickAsync();
        await device.Id("notification").Filter(new() { HasText = "mentioned you in Bells" }).ClickAsync();
        await device.IsIn("Bells");
        await Assertions.Expect(device.Messages.Filter(new() { HasText = "come" })).ToHaveCountAsync(1);

        // Whoever is in a room knows what was said there, and that they were added to it.
        await Assertions.Expect(device.Id("inbox-count")).ToHaveCountAsync(0);
        await gina.CreateRoom("Whistles", "private", finn);
        await Assertions.Expect(device.Id("inbox-count")).ToHaveTextAsync("1");
        await device.Id("open-inbox").ClickAsync();
        await device.Id("read-all").ClickAsync();
        await Assertions.Expect(device.Id("inbox-count")).ToHaveCountAsync(0);
        await device.Id("inbox-unread").ClickAsync();
        await device.Page.GetByText("Everything is read").WaitForAsync();
        await device.Page.ReloadAsync();
        await device.IsLive();
        await Assertions.Expect(device.Id("inbox-count")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_one_is_told_of_is_kept_and_a_muted_room_is_listed()
    {
        await using var finn = await chat.Server.Register("Finn");
        var room = await finn.CreateRoom("Loud", "private");
        await using var device = await In(finn, $"/rooms/{room}/details");
        await device.Id("room-notify-none").CheckAsync();
        await device.Page.GotoAsync("/settings/notifications");
        await device.Page.GetByRole(AriaRole.Link, new() { Name = "Loud", Exact = true }).WaitForAsync();
        var answered = device.Page.WaitForResponseAsync(r => r.Url.EndsWith("/users/me/notifications", StringComparison.Ordinal) && r.Request.Method == "PUT");
        await device.Id("notify-reply-push").UncheckAsync();
        (await answered).Status.ShouldBe(200);
        await device.Page.ReloadAsync();
        await Assertions.Expect(device.Id("notify-reply-push")).Not.ToBeCheckedAsync();
        await Assertions.Expect(device.Id("notify-mention-push")).ToBeCheckedAsync();
    }

    [Fact]
    public async Task A_picture_is_cut_square_shown_everywhere_and_taken_away_again()
    {
        await using var finn = await chat.Server.Register("Finn");
        await using var device = await In(finn, "/settings/profile");
        await device.Id("avatar-file").SetInputFilesAsync(new FilePayload { Name = "me.png", MimeType = "image/png", Buffer = Png });
        await device.Id("crop-done").ClickAsync();
        await device.Page.Locator(".me-button .avatar img").WaitForAsync();
        (await device.Page.Locator(".me-button .avatar img").EvaluateAsync<int>("e => e.decode().then(() => e.naturalWidth)")).ShouldBeGreaterThan(0);
        await device.Id("avatar-remove").ClickAsync();
        await Assertions.Expect(device.Page.Locator(".me-button .avatar img")).ToHaveCountAsync(0);
        await device.Id("undo").ClickAsync();
        await device.Page.Locator(".me-button .avatar img").WaitForAsync();
    }

    [Fact]
    public async Task A_room_is_settled_by_its_owner_and_nobody_else()
    {
        await using var finn = await chat.Server.Register("Finn");
        await using var gina = await chat.Server.Register("Gina");
        var room = await finn.CreateRoom("Settled", "private", gina);
        await using var device = await In(finn, $"/rooms/{room}/settings");
        await device.Id("room-name").FillAsync("Well settled");
        await device.Id("room-slowModeSeconds").SelectOptionAsync("30");
        await device.Id("room-retentionDays").SelectOptionAsync("30");
        await device.Id("edit-room-submit").ClickAsync();
        await device.Page.GetByText("Messages older than 30 days are erased").WaitForAsync();
        await device.Id("confirm").ClickAsync();
        await device.IsIn("Well settled");
        await device.Page.GotoAsync($"/rooms/{room}/details");
        await device.Page.GetByText("one message in 30 seconds").WaitForAsync();

        await using var other = await In(gina, $"/rooms/{room}/settings");
        await other.Page.GetByText("Only moderators and owners change this room").WaitForAsync();
        await Assertions.Expect(other.Id("room-name")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_whole_client_speaks_the_language_that_is_chosen()
    {
        await using var finn = await chat.Server.Register("Finn");
        await using var device = await In(finn, "/settings/appearance");
        await device.Id("language-de").CheckAsync();
        await device.Page.GetByRole(AriaRole.Heading, new() { Name = "Einstellungen" }).WaitForAsync();
        await device.Page.ReloadAsync();
        await device.Page.GetByRole(AriaRole.Heading, new() { Name = "Einstellungen" }).WaitForAsync();
        await device.Id("open-inbox").ClickAsync();
        await device.Id("notification").Filter(new() { HasText = "Ihr Konto" }).WaitForAsync();
        (await device.Page.EvaluateAsync<string>("document.documentElement.lang")).ShouldBe("de");

        // What the server refuses is told in this language too, once, and the field has the focus.
        device.Tolerate("the server responded with a status of 400");
        await device.Page.GotoAsync("/settings/password");
        await device.Id("password-save").ClickAsync();
        await device.Page.GetByText("Geben Sie Ihr jetziges Passwort ein.").WaitForAsync();
        await Assertions.Expect(device.Id("current-password")).ToBeFocusedAsync();
        await Assertions.Expect(device.Page.Locator(".form-error")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_asked_first()
    {
        await using var owner = await chat.Server.Register("Owner");
        await using var finn = await chat.Server.Register("Finn");
        var room = await owner.CreateRoom("Private things", "private", finn);
        await using var device = await In(finn, $"/rooms/{room}");
        device.Tolerate("ERR_INTERNET_DISCONNECTED");
        device.Tolerate("WebSocket connection to");
        device.Tolerate("when fetching the script");
        await device.Id("composer").FillAsync("/leave ");
        await device.Id("composer").PressAsync("Enter");
        await device.Page.GetByText("You can only come back with a new invitation.").WaitForAsync();
        await device.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(device.Id("confirm")).ToHaveCountAsync(0);
        (await finn.Http.Get($"rooms/{room}")).Ok(200);

        await device.Page.Context.SetOfflineAsync(true);
        await device.State("offline");
        await device.Write("not sent yet");
        await device.Page.Locator("[data-testid=message].unsent").WaitForAsync();
        await device.Id("me-menu").ClickAsync();
        await device.Id("log-out").ClickAsync();
        await device.Page.GetByText("1 message has not been sent yet.").WaitForAsync();
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.Context.SetOfflineAsync(false);
        await device.IsLive();
        await Deadline.Until(async () => (await owner.History(room)).Any(m => m.Text() == "not sent yet"), "what waited to be sent");
    }

    [Fact]
    public async Task Each_page_says_what_failed_and_tries_again()
    {
        await using var finn = await chat.Server.Register("Finn");
        await using var device = await In(finn, "/settings/profile");
        device.Tolerate("Failed to load resource");
        foreach (var (path, api) in new[] { ("/directory", "**/api/v1/rooms/directory*"), ("/search?q=tea", "**/api/v1/search*"), ("/settings/sessions", "**/api/v1/auth/sessions") })
        {
            await device.Page.RouteAsync(api, route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"code":"unavailable","status":503}""" }));
            await device.Page.GotoAsync(path);
            await device.Page.Locator(".state.failed").GetByText("The server is busy").WaitForAsync();
            await device.Page.UnrouteAsync(api);
            await device.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
            await Assertions.Expect(device.Page.Locator(".state.failed")).ToHaveCountAsync(0);
        }
    }

    private async Task<Device> In(Person person, string path)
    {
        var device = await chat.Open();
        await device.LogIn(person.Username);
        await device.Page.GotoAsync(path);
        await device.IsLive();
        return device;
    }
}
