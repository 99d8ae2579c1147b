using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Finding again what was said in a room and in its threads, and letting people in to it.</summary>
public class FindingTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    [Fact]
    public async Task A_room_is_searched_beside_it_and_a_hit_is_shown_while_the_hits_stay()
    {
        await using var bob = await chat.Server.Register("Bob");
        await using var ann = await chat.Server.Register("Ann");
        var room = await bob.CreateRoom("Harbour", "private", ann);
        var other = await bob.CreateRoom("Elsewhere", "private", ann);
        var pier = (await bob.Post(room, "the **kettle** is on the pier")).Seq();
        for (var i = 0; i < 60; i++)
        {
            await bob.Post(room, $"a boat, number {i}");
        }

        await bob.Post(room, "no kettle today");
        await bob.Post(other, "a kettle elsewhere");
        await using var device = await chat.Open();
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.IsIn("Harbour");

        await device.Id("open-search").ClickAsync();
        await Assertions.Expect(device.Id("search-input")).ToBeFocusedAsync();
        await device.Id("search-input").FillAsync("kettle");
        var hits = device.Id("search-hit");
        await Assertions.Expect(hits).ToHaveCountAsync(2);
        await hits.Nth(1).ClickAsync();
        await device.Page.Locator("article").Filter(new() { HasText = "kettle is on the pier" }).WaitForAsync();
        await Assertions.Expect(hits).ToHaveCountAsync(2);
        await Assertions.Expect(hits.Nth(1)).ToHaveAttributeAsync("aria-current", "true");
        new Uri(device.Page.Url).PathAndQuery.ShouldBe($"/rooms/{room}/search/{pier}?q=kettle");

        // The address is the search and the place, also after a reload; back goes where one was.
        await device.Page.ReloadAsync();
        await device.Page.Locator("article").Filter(new() { HasText = "kettle is on the pier" }).WaitForAsync();
        await Assertions.Expect(hits).ToHaveCountAsync(2);
        await device.Page.GoBackAsync();
        new Uri(device.Page.Url).PathAndQuery.ShouldBe($"/rooms/{room}/search?q=kettle");
        await device.Id("search-everywhere").ClickAsync();
        await Assertions.Expect(hits).ToHaveCountAsync(3);
        await device.Page.GoBackAsync();
        await Assertions.Expect(hits).ToHaveCountAsync(2);
        await device.Id("close-panel").ClickAsync();
        await Assertions.Expect(device.Id("search-panel")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task On_a_telephone_a_hit_leads_into_the_room_and_back_to_the_hits()
    {
        await using var ann = await chat.Server.Register("Ann");
        var room = await ann.CreateRoom("Harbour");
        await ann.Post(room, "a kettle on the pier");
        await using var device = await chat.Open(360, 740);
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}/details");
        await device.Id("search-room").ClickAsync();
        await device.Id("search-input").FillAsync("kettle");
        await device.Id("search-hit").ClickAsync();
        await device.Id("search-panel").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await device.Sees("a kettle on the pier");
        await device.Page.GoBackAsync();
        await device.Id("search-hit").WaitForAsync();
        await device.FitsTheScreen();
    }

    [Fact]
    public async Task Several_people_are_added_in_one_go_by_keyboard()
    {
        await using var ann = await chat.Server.Register("Ann");
        foreach (var name in new[] { "Quentin", "Quirin", "Quinn" })
        {
            await using var person = await chat.Server.Register(name);
        }

        var room = await ann.CreateRoom("Crew");
        await using var device = await chat.Open();
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}/members");
        await device.Id("add-people").ClickAsync();
        foreach (var name in new[] { "quentin", "quirin", "quinn" })
        {
            // Typed faster than the list comes.
            await device.Id("people-search").FillAsync(name);
            await device.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(device.Id("people-search")).ToHaveValueAsync("");
        }

        await Assertions.Expect(device.Id("chosen-person")).ToHaveCountAsync(3);
        await device.Page.Keyboard.PressAsync("Backspace");
        await Assertions.Expect(device.Id("chosen-person")).ToHaveCountAsync(2);
        await device.Id("add-chosen").FocusAsync();
        await device.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(device.Id("member")).ToHaveCountAsync(3);
        (await ann.Http.Get($"rooms/{room}")).Ok(200).Json.Number("memberCount").ShouldBe(3);
        await Assertions.Expect(device.Id("add-people")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task All_threads_stand_on_one_page_and_move_up_when_they_are_answered()
    {
        await using var bob = await chat.Server.Register("Bob");
        await using var ann = await chat.Server.Register("Ann");
        var (first, second) = (await bob.CreateRoom("First", "private", ann), await bob.CreateRoom("Second", "private", ann));
        var mine = await ann.Post(first, "who has the **keys**?");
        var theirs = await bob.Post(second, "a question of others");
        await Reply(bob, first, mine.Id(), "I have");
        await Reply(bob, second, theirs.Id(), "an answer to myself");
        await using var device = await chat.Open();
        await device.LogIn(ann.Username);
        await device.Id("open-threads").ClickAsync();
        var rows = device.Id("thread-row");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("who has the keys?");
        await device.Id("threads-all").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.First).ToContainTextAsync("a question of others");

        await Reply(bob, first, mine.Id(), "and the lamp");
        await Assertions.Expect(rows.First).ToContainTextAsync("2 replies");
        await rows.First.ClickAsync();
        await device.Id("thread").Filter(new() { HasText = "and the lamp" }).WaitForAsync();
        await device.Page.GoBackAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2);
    }

    private static async Task Reply(Person person, Guid room, Guid root, string text) =>
        (await person.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text, threadId = root })).Ok(201);
}
