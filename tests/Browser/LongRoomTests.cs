using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Reading in a room of 100,000 messages: what is read stays where it is, and only what is near it is in the page.</summary>
public class LongRoomTests(LongRoom chat) : IClassFixture<LongRoom>
{
    private const int MostNodes = 1500;

    /// <summary>In each frame: by how much the messages in view moved since the last one, whether all of them by the same, and how many nodes there are.</summary>
    private const string Watch =
        """
        () => {
          const box = document.querySelector('.scroller');
          const seen = window.watched = { moved: 0, uneven: [], empty: 0, most: 0, frames: 0 };
          let before = null;
          const nodes = () => { let n = 0; for (const w = document.createTreeWalker(document.body); w.nextNode();) n++; return n; };
          const look = () => {
            const view = box.getBoundingClientRect();
            const now = new Map();
            for (const one of box.querySelectorAll('article')) {
              const text = one.querySelector('.text').getBoundingClientRect();
              if (text.bottom > view.top && text.top < view.bottom) now.set(one.dataset.id, text.bottom);
            }
            seen.frames++;
            seen.most = Math.max(seen.most, nodes());
            if (now.size === 0) seen.empty++;
            if (before) {
              const by = [...now].filter(([id]) => before.has(id)).map(([id, y]) => y - before.get(id));
              if (by.length === 0) seen.uneven.push('nothing is left of the frame before');
              else {
                if (Math.max(...by) - Math.min(...by) > 0.6) seen.uneven.push(by.map(Math.round).join(' '));
                seen.moved += by[0];
              }
            }
            before = now;
            requestAnimationFrame(look);
          };
          look();
        }
        """;

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task Scrolling_moves_exactly_what_was_asked_and_the_page_stays_small(int width, int height)
    {
        await using var reader = await OpenRoom(width, height);
        await reader.Page.EvaluateAsync(Watch);
        await reader.Page.Mouse.MoveAsync(width / 2, 400);
        await Scroll(reader, -300, 80);
        (await Watched(reader)).ShouldBe(80 * 300);
        await Scroll(reader, 300, 50);
        (await Watched(reader)).ShouldBe(-50 * 300);
        await Scroll(reader, -75, 60);
        (await Watched(reader)).ShouldBe(60 * 75);
        (await Nodes(reader)).ShouldBeLessThanOrEqualTo(MostNodes);
        (await reader.Page.EvaluateAsync<int>("watched.empty")).ShouldBe(0, "There was a frame without any message.");
    }

    [Fact]
    public async Task What_is_read_stays_while_others_write_edit_delete_and_react_around_it()
    {
        await using var reader = await OpenRoom();
        var posted = new List<Guid>();
        for (var i = 0; i < 60; i++)
        {
            posted.Add(await chat.Write($"message {i} of what changes"));
        }

        await reader.Sees("message 59 of what changes");
        await reader.Page.Mouse.MoveAsync(600, 400);
        await Scroll(reader, -100, 5);
        await Assertions.Expect(reader.Id("jump-latest")).ToBeVisibleAsync();
        await reader.Page.EvaluateAsync(Watch);
        var seen = await InView(reader);
        var above = posted[..posted.IndexOf(seen[0])];
        await chat.Writer.Patch($"messages/{above[^1]}", new { text = string.Join('\n', Enumerable.Repeat("now it has many lines", 12)) });
        (await chat.Writer.Delete($"messages/{above[0]}")).Ok(204);
        (await chat.Writer.Put($"messages/{above[^1]}/reactions/%F0%9F%91%8D")).Ok();
        for (var i = 0; i < 5; i++)
        {
            await chat.Write($"message {60 + i} comes below");
        }

        await Assertions.Expect(reader.Id("jump-latest")).ToContainTextAsync("5 new messages");
        (await Watched(reader)).ShouldBe(0);
        (await InView(reader)).ShouldBe(seen);

        await reader.Id("jump-latest").ClickAsync();
        await reader.Sees("message 64 comes below");
        await Assertions.Expect(reader.Id("jump-latest")).ToHaveCountAsync(0);
        var latest = await Newest(reader);
        await chat.Write("who is at the end follows");
        await reader.Sees("who is at the end follows");
        (await Newest(reader)).ShouldBe(latest + 1);
    }

    [Fact]
    public async Task A_link_leads_to_a_message_far_back_and_the_way_to_the_end_is_one_click()
    {
        await using var reader = await OpenRoom();
        await reader.Page.GotoAsync($"/rooms/{chat.Room}/m/41234");
        var target = reader.Page.Locator("[data-testid=message][data-seq='41234']");
        await Assertions.Expect(reader.Page.Locator("[data-testid=message].flash[data-seq='41234']")).ToHaveCountAsync(1);
        await Assertions.Expect(target).ToBeFocusedAsync();
        await Assertions.Expect(target).ToBeInViewportAsync(new() { Ratio = 1 });
        await reader.Id("jump-latest").ClickAsync();
        await Deadline.Until(async () => await Newest(reader) >= LongRoom.Messages, "the end");
        await Assertions.Expect(reader.Id("jump-latest")).ToHaveCountAsync(0);
        (await Nodes(reader)).ShouldBeLessThanOrEqualTo(MostNodes);
    }

    [Fact]
    public async Task The_scroll_bar_reaches_every_part_of_the_room()
    {
        await using var reader = await OpenRoom();
        foreach (var part in new[] { 0.5, 0.25, 0.9, 0 })
        {
            await reader.Page.EvaluateAsync("part => { const box = document.querySelector('.scroller'); box.scrollTop = box.scrollHeight * part; }", part);
            await Deadline.Until(
                async () => await reader.Page.Locator("[data-testid=message]").CountAsync() > 0 && Math.Abs((await Newest(reader) / (double)LongRoom.Messages) - part) < 0.1,
                $"messages at {part} of the room");
        }

        await reader.Page.GetByText("The very beginning").WaitForAsync();
        await reader.Page.EvaluateAsync("() => { document.querySelector('.scroller').scrollTop = 0; }");
        await Assertions.Expect(reader.Page.GetByText("The very beginning")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task The_keys_walk_through_messages_that_are_not_in_the_page_yet()
    {
        await using var reader = await OpenRoom();
        await reader.Page.Keyboard.PressAsync("Shift+ArrowUp");
        var last = await Focused(reader);

        // Not every number is a message: reactions and the like have theirs too.
        var page = (await chat.Writer.Get($"rooms/{chat.Room}/messages?before={last + 1}&limit=200")).Ok(200)["items"].EnumerateArray().Select(m => (int)m.Seq()).ToArray();
        page[^1].ShouldBe(last);
        for (var i = 0; i < 150; i++)
        {
            await reader.Page.Keyboard.PressAsync("ArrowUp");
        }

        (await Focused(reader)).ShouldBe(page[^151]);
        await Assertions.Expect(reader.Page.Locator("article:focus")).ToBeInViewportAsync();

        // What has the focus stays in the page, also when the view is elsewhere, and the way goes on from there.
        await reader.Page.Mouse.MoveAsync(600, 400);
        await Scroll(reader, 400, 10);
        (await Focused(reader)).ShouldBe(page[^151]);
        await reader.Page.Keyboard.PressAsync("ArrowDown");
        (await Focused(reader)).ShouldBe(page[^150]);
        await Assertions.Expect(reader.Page.Locator("article:focus")).ToBeInViewportAsync();

        await reader.Page.Keyboard.PressAsync("End");
        (await Focused(reader)).ShouldBe(last);
        await reader.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(reader.Id("composer")).ToBeFocusedAsync();
    }

    private async Task<Device> OpenRoom(int width = 1280, int height = 800)
    {
        var reader = await chat.Open(width, height);
        await reader.LogIn(chat.Reader);
        await reader.Page.GotoAsync($"/rooms/{chat.Room}");
        await reader.IsLive();
        await reader.Messages.First.WaitForAsync();
        await Deadline.Until(async () => await Newest(reader) >= LongRoom.Messages, "the room's end");
        return reader;
    }

    /// <summary>At the pace of a hand.</summary>
    private static async Task Scroll(Device device, int by, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await device.Page.Mouse.WheelAsync(0, by);
            await device.Page.WaitForTimeoutAsync(30);
        }

        // Until it rests: then the space above the messages is made right, which must not be seen either.
        await device.Page.WaitForTimeoutAsync(600);
    }

    /// <summary>By how many pixels everything in view has moved since the last question.</summary>
    private static async Task<double> Watched(Device device)
    {
        (await device.Page.EvaluateAsync<string[]>("watched.uneven")).ShouldBeEmpty("Messages moved against each other.");
        return Math.Round(await device.Page.EvaluateAsync<double>("() => { const { moved } = watched; watched.moved = 0; return moved; }"));
    }

    private static Task<int> Nodes(Device device) => device.Page.EvaluateAsync<int>("() => { let n = 0; for (const w = document.createTreeWalker(document); w.nextNode();) n++; return n; }");

    private static Task<int> Focused(Device device) => device.Page.EvaluateAsync<int>("Number(document.activeElement?.dataset.seq ?? 0)");

    private static Task<int> Newest(Device device) => device.Page.EvaluateAsync<int>("Number([...document.querySelectorAll('article[data-seq]')].at(-1)?.dataset.seq ?? 0)");

    private static async Task<Guid[]> InView(Device device) =>
    [
        .. (await device.Page.EvaluateAsync<string[]>(
            """
            () => {
              const view = document.querySelector('.scroller').getBoundingClientRect();
              return [...document.querySelectorAll('article')].filter(one => { const r = one.getBoundingClientRect(); return r.top >= view.top && r.bottom <= view.bottom; }).map(one => one.dataset.id);
            }
            """)).Select(Guid.Parse),
    ];
}
