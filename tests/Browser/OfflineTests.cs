using System.Text.RegularExpressions;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Airplane mode: reading and writing without a network, also in a tab that is opened without one.</summary>
public partial class OfflineTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private const string Places =
        """
        () => {
          const view = document.querySelector('.scroller').getBoundingClientRect();
          return Object.fromEntries([...document.querySelectorAll('article')].map(one => [one.dataset.id, one.getBoundingClientRect()])
            .filter(([, r]) => r.top >= view.top && r.bottom <= view.bottom).map(([id, r]) => [id, r.bottom]));
        }
        """;

    [Fact]
    public async Task Ten_messages_written_offline_in_two_rooms_are_sent_in_order_once_after_the_tab_was_closed()
    {
        await using var bob = await chat.Server.Register("Bob");
        await using var ann = await chat.Server.Register("Ann");
        var tea = await bob.CreateRoom("Tea", "private", ann);
        var biscuits = await bob.CreateRoom("Biscuits", "private", ann);
        var posted = new List<Guid>();
        for (var i = 0; i < 40; i++)
        {
            posted.Add((await bob.Post(tea, $"tea {i:00}")).Id());
        }

        await bob.Post(biscuits, "a biscuit");
        await using var device = await chat.Open();
        ToleratesOffline(device);
        await device.LogIn(ann.Username);
        foreach (var (room, last) in new[] { ("Biscuits", "a biscuit"), ("Tea", "tea 39") })
        {
            await device.OpenRoom(room);
            await device.Sees(last);
        }

        await IsKept(device, tea, biscuits);

        await device.Page.Context.SetOfflineAsync(true);
        await device.State("offline");
        for (var i = 0; i < 5; i++)
        {
            await device.OpenRoom("Tea");
            await device.Write($"offline in tea {i}");
            await device.OpenRoom("Biscuits");
            await device.Write($"offline in biscuits {i}");
        }

        await device.Page.Locator("[data-testid=message].unsent").Nth(4).WaitForAsync();
        await Stored(device, 10);

        // The others go on: what Ann has seen is changed and taken back, and there is more of it.
        (await bob.Http.Patch($"messages/{posted[38]}", new { text = "tea 38, with milk" })).Ok();
        (await bob.Http.Delete($"messages/{posted[37]}")).Ok(204);
        for (var i = 0; i < 30; i++)
        {
            await bob.Post(tea, $"missed {i:00}");
        }

        await device.InNewTab();
        await device.Page.GotoAsync($"/rooms/{tea}");
        await device.State("offline");
        await Unsent(device, 5);
        await device.Messages.Filter(new() { HasText = "tea 37" }).WaitForAsync();
        await device.Page.Mouse.MoveAsync(600, 400);
        await device.Page.Mouse.WheelAsync(0, -180);
        await device.Page.WaitForTimeoutAsync(400);
        var before = await device.Page.EvaluateAsync<Dictionary<string, double>>(Places);

        await device.Page.Context.SetOfflineAsync(false);
        await device.IsLive();
        await Deadline.Until(async () => (await OwnTexts(bob, tea)).Count == 5 && (await OwnTexts(bob, biscuits)).Count == 5, "all ten to be sent");
        await device.Page.Locator("[data-testid=message]", new() { HasText = "tea 38, with milk" }).WaitForAsync();
        var after = await device.Page.EvaluateAsync<Dictionary<string, double>>(Places);
        var both = before.Keys.Intersect(after.Keys).ToArray();
        both.Length.ShouldBeGreaterThan(5);
        foreach (var id in both)
        {
            after[id].ShouldBe(before[id], 0.6, "What was read moved.");
        }

        await Assertions.Expect(device.Messages.Filter(new() { HasText = "tea 37" })).ToHaveCountAsync(0);
        await Assertions.Expect(device.Page.Locator($"article.deleted[data-id='{posted[37]}']")).ToHaveCountAsync(1);
        await Assertions.Expect(device.Id("jump-latest")).ToBeVisibleAsync();
        await device.Page.WaitForTimeoutAsync(500);
        (await OwnTexts(bob, tea)).ShouldBe(Enumerable.Range(0, 5).Select(i => $"offline in tea {i}"));
        (await OwnTexts(bob, biscuits)).ShouldBe(Enumerable.Range(0, 5).Select(i => $"offline in biscuits {i}"));

        await device.Id("jump-latest").ClickAsync();
        await device.Sees("offline in tea 4");
        await Assertions.Expect(device.Page.Locator("[data-testid=message].unsent")).ToHaveCountAsync(0);
        (await SeqsInLog(device)).ShouldBeInOrder();
    }

    [Fact]
    public async Task Who_was_at_the_end_stays_where_they_were_and_finds_what_is_new_below_a_divider()
    {
        await using var bob = await chat.Server.Register("Bob");
        await using var ann = await chat.Server.Register("Ann");
        var room = await bob.CreateRoom("Harbour", "private", ann);
        for (var i = 0; i < 30; i++)
        {
            await bob.Post(room, $"before {i:00}");
        }

        await using var device = await chat.Open();
        ToleratesOffline(device);
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.Sees("before 29");
        await IsKept(device, room);
        await device.Page.EvaluateAsync("document.querySelector('.scroller').scrollTop = 1e9");
        await device.Page.Context.SetOfflineAsync(true);
        await device.State("offline");
        var before = await device.Page.EvaluateAsync<Dictionary<string, double>>(Places);
        for (var i = 0; i < 30; i++)
        {
            await bob.Post(room, $"missed {i:00}");
        }

        await device.Page.Context.SetOfflineAsync(false);
        await device.IsLive();

        // Where the first of them stands in view below what was the end, it counts as read.
        await Assertions.Expect(device.Id("jump-latest")).ToContainTextAsync(TwentyNineOrThirty());
        var after = await device.Page.EvaluateAsync<Dictionary<string, double>>(Places);
        foreach (var id in before.Keys.Intersect(after.Keys))
        {
            after[id].ShouldBe(before[id], 0.6, "What was read moved.");
        }

        await device.Id("jump-latest").ClickAsync();
        await device.Sees("missed 29");
        await Assertions.Expect(device.Id("jump-latest")).ToHaveCountAsync(0);
        await device.Page.Mouse.MoveAsync(600, 400);
        await device.Page.Mouse.WheelAsync(0, -900);
        await Assertions.Expect(device.Id("new-divider")).ToHaveCountAsync(1);
        await device.OpenRoom("general");
        await device.OpenRoom("Harbour");
        await Assertions.Expect(device.Id("new-divider")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_loses_the_network_before_the_service_worker_was_asked_for_gets_it_when_the_network_is_back()
    {
        await using var ann = await chat.Server.Register("Ann");
        await using var device = await chat.Open();
        ToleratesOffline(device);

        // As if the network went between the page and its worker.
        await device.Page.AddInitScriptAsync(
            """
            const real = ServiceWorkerContainer.prototype.getRegistration;
            ServiceWorkerContainer.prototype.getRegistration = async function (...about) {
              await new Promise(done => { window.goOn = done; });
              return real.apply(this, about);
            };
            """);
        await device.LogIn(ann.Username);
        await device.Page.WaitForFunctionAsync("() => window.goOn !== undefined");
        await device.Page.Context.SetOfflineAsync(true);
        await device.State("offline");
        await device.Page.EvaluateAsync("goOn()");
        await device.Page.Context.SetOfflineAsync(false);
        await device.IsLive();
        await device.Page.WaitForFunctionAsync("() => navigator.serviceWorker.controller?.state === 'activated'");
    }

    [Fact]
    public async Task Of_two_tabs_one_sends_what_was_written_in_both()
    {
        await using var bob = await chat.Server.Register("Bob");
        await using var ann = await chat.Server.Register("Ann");
        var room = await bob.CreateRoom("Two tabs", "private", ann);
        await bob.Post(room, "hello");
        await using var device = await chat.Open();
        ToleratesOffline(device);
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.Sees("hello");
        await IsKept(device, room);
        var first = device.Page;
        var second = await device.AnotherTab();
        await second.GotoAsync($"/rooms/{room}");
        await second.Locator("[data-testid=connection-state][data-state=live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        await first.Context.SetOfflineAsync(true);
        for (var i = 0; i < 6; i++)
        {
            var tab = i % 2 == 0 ? first : second;
            await tab.BringToFrontAsync();
            await tab.GetByTestId("composer").FillAsync($"word {i}");
            await tab.GetByTestId("composer").PressAsync("Enter");
            await tab.Locator("[data-testid=message].unsent").Filter(new() { HasText = $"word {i}" }).WaitForAsync();
        }

        await Stored(device, 6);
        await first.Context.SetOfflineAsync(false);
        await Deadline.Until(async () => (await OwnTexts(bob, room)).Count == 6, "all six to be sent");
        foreach (var tab in new[] { first, second })
        {
            await tab.BringToFrontAsync();
            await Assertions.Expect(tab.Locator("[data-testid=message]").Filter(new() { HasText = "word" })).ToHaveCountAsync(6);
            await Assertions.Expect(tab.Locator("[data-testid=message].unsent")).ToHaveCountAsync(0);
        }

        (await OwnTexts(bob, room)).ShouldBe(Enumerable.Range(0, 6).Select(i => $"word {i}"));
        await Stored(device, 0);
    }

    [Fact]
    public async Task Nothing_can_be_read_on_the_device_after_logging_out_nor_after_the_session_was_ended_elsewhere()
    {
        await using var ann = await chat.Server.Register("Ann");
        var room = await ann.CreateRoom("Secrets");
        await ann.Post(room, "the vault is under the stairs");
        await using var device = await chat.Open();
        ToleratesOffline(device);
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.Sees("the vault is under the stairs");
        await IsKept(device, room);
        (await ann.Http.Delete("auth/sessions")).Ok(204);
        await device.Id("login-name").WaitForAsync();
        (await Kept(device)).ShouldBeEmpty();

        await device.LogInHere(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.Sees("the vault is under the stairs");
        await IsKept(device, room);
        await device.Id("me-menu").ClickAsync();
        await device.Id("log-out").ClickAsync();
        await device.Id("login-name").WaitForAsync();
        (await Kept(device)).ShouldBeEmpty();
        await device.Page.Context.SetOfflineAsync(true);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        (await device.Page.ContentAsync()).ShouldNotContain("vault");
    }

    private static void ToleratesOffline(Device device)
    {
        device.Tolerate("ERR_INTERNET_DISCONNECTED");
        device.Tolerate("WebSocket connection to");
    }

    /// <summary>Until the service worker has all files and the rooms' messages are on the device.</summary>
    private static async Task IsKept(Device device, params Guid[] rooms)
    {
        await device.Page.EvaluateAsync("async () => { await navigator.serviceWorker.ready; }");
        await Deadline.Until(async () => rooms.Select(r => $"log {r}").All((await Kept(device)).Contains), "the rooms to be kept on the device");
        await device.Page.WaitForFunctionAsync("() => navigator.serviceWorker.controller?.state === 'activated'");
    }

    private static Task<string[]> Kept(Device device) => Keys(device, "kept");

    private static Task Stored(Device device, int messages) =>
        Deadline.Until(async () => (await Keys(device, "outbox")).Length == messages, $"{messages} messages in the outbox");

    private static Task<string[]> Keys(Device device, string store) => device.Page.EvaluateAsync<string[]>(
        """
        async store => {
          if (!(await indexedDB.databases()).some(one => one.name === 'chat')) return [];
          const db = await new Promise((done, failed) => Object.assign(indexedDB.open('chat'), { onsuccess: e => done(e.target.result), onerror: failed }));
          if (!db.objectStoreNames.contains(store)) { db.close(); return []; }
          const keys = await new Promise(done => { db.transaction(store).objectStore(store).getAllKeys().onsuccess = e => done(e.target.result); });
          db.close();
          return keys;
        }
        """,
        store);

    private static Task Unsent(Device device, int count) =>
        Assertions.Expect(device.Page.Locator("[data-testid=message].unsent")).ToHaveCountAsync(count);

    /// <summary>What others than the asker wrote there, in the log's order, each as often as it stands there.</summary>
    private static async Task<IReadOnlyList<string>> OwnTexts(Person asker, Guid room) =>
        [.. (await asker.History(room)).Where(m => m.GetProperty("senderId").GetGuid() != asker.Id).Select(m => m.Text()!)];

    private static Task<int[]> SeqsInLog(Device device) =>
        device.Page.EvaluateAsync<int[]>("[...document.querySelectorAll('article[data-seq]')].map(one => Number(one.dataset.seq))");

    [GeneratedRegex("29 new messages|30 new messages", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TwentyNineOrThirty();
}
