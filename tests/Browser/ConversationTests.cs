using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Threads, what the composer helps with, and what is done to a message.</summary>
public class ConversationTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private const string Asked = "Who has the key?";

    [Fact]
    public async Task A_thread_lives_beside_its_room_and_shows_there_what_others_answer()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var dora = await chat.Server.Register("Dora");
        var room = await cleo.CreateRoom("Threads", "private", dora);
        var asked = (await cleo.Post(room, Asked)).Id();
        await using var one = await At(cleo, room);
        await using var two = await At(dora, room);

        await two.Messages.Filter(new() { HasText = Asked }).HoverAsync();
        await two.Id("bar-thread").ClickAsync();
        await two.Id("thread-composer").FillAsync("I have it");
        await two.Id("thread-composer").PressAsync("Enter");
        await two.Id("thread").GetByText("I have it").WaitForAsync();
        await Assertions.Expect(one.Id("thread-line")).ToContainTextAsync("1 reply");
        await Assertions.Expect(one.Messages).ToHaveCountAsync(1);

        await one.Id("thread-line").ClickAsync();
        await one.Id("thread").GetByText("I have it").WaitForAsync();
        await dora.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "No, wait", threadId = asked });
        await one.Id("thread").GetByText("No, wait").WaitForAsync();
        await Assertions.Expect(one.Id("thread-line")).ToContainTextAsync("2 replies");

        // The address leads back to it, and a reply that was answered to is a quote that jumps.
        await one.Page.ReloadAsync();
        var reply = one.Id("thread").GetByTestId("message").Filter(new() { HasText = "No, wait" }).First;
        await reply.HoverAsync();
        await reply.GetByTestId("bar-reply").ClickAsync();
        await one.Id("thread-composer").FillAsync("Well?");
        await one.Id("thread-composer").PressAsync("Enter");
        await one.Id("thread").GetByTestId("quote").ClickAsync();
        await Assertions.Expect(reply).ToBeFocusedAsync();
        one.Page.Url.ShouldContain("/thread/");
    }

    [Fact]
    public async Task On_a_telephone_a_thread_is_a_page_of_its_own_and_back_leads_to_the_room()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var dora = await chat.Server.Register("Dora");
        var room = await cleo.CreateRoom("Small", "private", dora);
        var asked = (await cleo.Post(room, Asked)).Id();
        await cleo.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "An answer", threadId = asked });
        await using var device = await At(cleo, room, 360);
        await device.Id("thread-line").ClickAsync();
        await device.Id("thread").GetByText("An answer").WaitForAsync();
        await Assertions.Expect(device.Page.Locator("main[inert]")).ToHaveCountAsync(1);
        await device.FitsTheScreen();

        // What is said in the room behind it is not read before the room is seen.
        await dora.Post(room, "Behind the page");
        await Assertions.Expect(Unread(device, room)).ToContainTextAsync("1");
        await dora.Post(room, "And once more");
        await Assertions.Expect(Unread(device, room)).ToContainTextAsync("2");
        await device.Id("panel-back").ClickAsync();
        await Assertions.Expect(device.Id("thread")).ToHaveCountAsync(0);
        new Uri(device.Page.Url).AbsolutePath.ShouldBe($"/rooms/{room}");
        await Assertions.Expect(Unread(device, room)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_room_that_is_left_before_its_messages_come_stays_unread()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var dora = await chat.Server.Register("Dora");
        var stayed = await dora.CreateRoom("Stayed in", "private", cleo);
        await using var device = await At(cleo, stayed);

        // After the login, which leads into a room of its own choice.
        var passed = await dora.CreateRoom("Passed by", "private", cleo);
        await dora.Post(passed, "nobody saw this");
        await Assertions.Expect(Unread(device, passed)).ToContainTextAsync("1");
        var held = new TaskCompletionSource<IRoute>();
        await device.Page.RouteAsync($"**/api/v1/rooms/{passed}/messages?*", route =>
        {
            held.SetResult(route);
            return Task.CompletedTask;
        });
        await device.OpenRoom("Passed by");
        var route = await held.Task;
        await device.OpenRoom("Stayed in");
        await device.Page.RunAndWaitForResponseAsync(() => route.ContinueAsync(), r => r.Url.Contains($"{passed}/messages", StringComparison.Ordinal));

        await dora.Post(stayed, "and on it goes");
        await device.Sees("and on it goes");
        await dora.Post(passed, "nor this");
        await Assertions.Expect(Unread(device, passed)).ToContainTextAsync("2");
    }

    [Theory]
    [InlineData("@do", "@dora")]
    [InlineData("see #gener", "see #general")]
    [InlineData("so :rocket", "so 🚀")]
    [InlineData("/mut", "/mute")]
    public async Task What_is_begun_is_completed_by_the_enter_key(string begun, string completed)
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var dora = await Person.Register(chat.Server, $"dora{Guid.NewGuid():N}"[..12], "Dora");
        var room = await cleo.CreateRoom("Completion", "private", dora);
        await using var device = await At(cleo, room);
        await device.Id("composer").FocusAsync();
        await device.Page.Keyboard.TypeAsync(begun);
        await device.Id("completions").WaitForAsync();
        await device.Page.Keyboard.PressAsync("Enter");
        (await device.Id("composer").InputValueAsync()).ShouldStartWith(completed);
        await Assertions.Expect(device.Id("completions")).ToHaveCountAsync(0);
        await device.Page.Keyboard.PressAsync("Control+z");
        (await device.Id("composer").InputValueAsync()).ShouldBe(begun);
    }

    [Fact]
    public async Task A_selection_brings_the_marks_and_undo_takes_them_back()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var device = await At(cleo, await cleo.CreateRoom("Marks", "private"));
        var composer = device.Id("composer");
        await composer.FocusAsync();
        await device.Page.Keyboard.TypeAsync("some bold words");
        await composer.EvaluateAsync("e => e.setSelectionRange(5, 9)");
        await device.Id("format-bold").ClickAsync();
        (await composer.InputValueAsync()).ShouldBe("some **bold** words");
        await device.Page.Keyboard.PressAsync("Control+z");
        (await composer.InputValueAsync()).ShouldBe("some bold words");
        await device.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(device.Id("format-bar")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_draft_waits_in_its_room_and_the_list_says_so()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        var room = await cleo.CreateRoom("Drafts", "private");
        await using var device = await At(cleo, room);
        await device.Id("composer").FillAsync("half a thought");
        await device.OpenRoom("general");
        await device.Page.Locator($"[data-room-id='{room}'] .draft-sign").WaitForAsync();
        await device.OpenRoom("Drafts");
        (await device.Id("composer").InputValueAsync()).ShouldBe("half a thought");
        await device.Id("composer").PressAsync("Enter");
        await device.Sees("half a thought");
        await Assertions.Expect(device.Page.Locator(".draft-sign")).ToHaveCountAsync(0);

        // So does a change that was begun.
        await device.Id("composer").PressAsync("ArrowUp");
        await device.Id("composer").FillAsync("a whole thought");
        await device.OpenRoom("general");
        await Assertions.Expect(device.Id("composer")).ToHaveValueAsync("");
        await device.OpenRoom("Drafts");
        await device.Id("composer-edit").WaitForAsync();
        await device.Id("composer").PressAsync("Enter");
        await device.Sees("a whole thought");
        await Assertions.Expect(device.Id("composer")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task What_is_discarded_comes_back_and_what_stands_over_a_page_goes_with_it()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        var room = await cleo.CreateRoom("Second thoughts", "private");
        var picture = (await cleo.Store("hill.png", Hill.Png())).Id();
        (await cleo.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "", attachments = new[] { picture } })).Ok();
        await using var device = await At(cleo, room);

        // A picture without words is quoted by its name.
        await device.Messages.First.HoverAsync();
        await device.Id("bar-reply").ClickAsync();
        await Assertions.Expect(device.Id("composer-reply")).ToContainTextAsync("hill.png");
        await device.Write("There we went");
        await device.Sees("There we went");
        await Assertions.Expect(device.Id("quote")).ToContainTextAsync("hill.png");

        // A message that was refused is discarded, and that taken back.
        await device.Page.EvaluateAsync(
            """
            async () => {
              const { outbox } = await import(document.querySelector('script[type=module]').src.replace(/app\.js$/, 'core/app-state.js'));
              const { send } = outbox;
              outbox.send = async () => { outbox.send = send; throw Object.assign(new Error('no'), { code: 'forbidden' }); };
            }
            """);
        await device.Write("Said too early");
        await device.Id("discard").ClickAsync();
        await Assertions.Expect(device.Messages).ToHaveCountAsync(2);
        await device.Id("undo").ClickAsync();
        await device.Id("retry").ClickAsync();
        await device.Sees("Said too early");
        await Assertions.Expect(device.Id("send-failed")).ToHaveCountAsync(0);

        // A notice is seen and can be pressed over a dialog, and Back takes the dialog with the page under it.
        await device.Id("open-members").ClickAsync();
        await device.Id("make-invite").ClickAsync();
        await device.Id("create-invite").ClickAsync();
        await device.Id("invite-dialog").GetByText("Copy link").ClickAsync();
        var notice = device.Id("invite-dialog").Locator(".notice");
        await notice.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(notice).ToHaveCountAsync(0);
        await device.Page.GoBackAsync();
        await Assertions.Expect(device.Id("invite-dialog")).ToHaveCountAsync(0);
        await Assertions.Expect(device.Id("members-panel")).ToHaveCountAsync(0);
        await device.IsIn("Second thoughts");

        // What is enlarged by two fingers leaves the page as tall as it was.
        var session = await device.Page.Context.NewCDPSessionAsync(device.Page);
        await session.SendAsync("Emulation.setPageScaleFactor", new() { ["pageScaleFactor"] = 2 });
        (await device.Page.EvaluateAsync<double>("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(visualViewport.scale))))")).ShouldBe(2);
        (await device.Page.EvaluateAsync<string>("document.documentElement.style.getPropertyValue('--height')")).ShouldBe("800px");
    }

    [Fact]
    public async Task Slow_mode_counts_down_where_the_send_button_was()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var dora = await chat.Server.Register("Dora");
        var room = await cleo.CreateRoom("Slow", "private", dora);
        (await cleo.Http.Patch($"rooms/{room}", new { slowModeSeconds = 30 })).Ok();
        await using var device = await At(dora, room);
        await device.Write("the first");
        await device.Sees("the first");
        await Assertions.Expect(device.Id("slow-mode")).ToContainTextAsync(" s");
        await device.Id("composer").FillAsync("the second");
        await device.Id("composer").PressAsync("Enter");
        (await device.Id("composer").InputValueAsync()).ShouldBe("the second");
    }

    [Fact]
    public async Task An_edited_message_shows_what_it_said_before_and_code_is_copied()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        var room = await cleo.CreateRoom("History", "private");
        var message = (await cleo.Post(room, "the first text")).Id();
        (await cleo.Http.Patch($"messages/{message}", new { text = "the second text\n\n```\nlet it = 1;\n```\n\n- [x] done\n- [ ] open" })).Ok();
        await using var device = await At(cleo, room);
        await device.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await device.Id("edited").ClickAsync();
        await device.Id("revisions").GetByText("the first text").WaitForAsync();
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.GetByRole(AriaRole.Button, new() { Name = "Copy code" }).ClickAsync();
        (await device.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).Trim().ShouldBe("let it = 1;");
        await Assertions.Expect(device.Page.Locator(".task-box")).ToHaveCountAsync(2);
        await Assertions.Expect(device.Page.Locator(".task.done .task-box")).ToHaveAccessibleNameAsync("done");
    }

    [Fact]
    public async Task Who_is_named_sees_it_and_a_name_opens_the_persons_card()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        await using var dora = await chat.Server.Register("Dora");
        var room = await cleo.CreateRoom("Names", "private", dora);
        await using var device = await At(dora, room);
        await cleo.Post(room, $"Look, @{dora.Username}, in #general");
        await device.Page.Locator("[data-testid=message].mentions-me").WaitForAsync();
        await Assertions.Expect(device.Page.Locator("[data-testid=message] a.mention")).ToHaveCountAsync(2);
        await device.Page.Locator("[data-testid=message] a.author").First.ClickAsync();
        await device.Id("message-person").ClickAsync();
        await device.IsIn(cleo.DisplayName);
    }

    private static ILocator Unread(Device device, Guid room) => device.Page.Locator($"[data-testid=room-item][data-room-id='{room}'] [data-testid=unread-count]");

    private async Task<Device> At(Person person, Guid room, int width = 1280)
    {
        var device = await chat.Open(width, width < 720 ? 740 : 800);
        await device.LogIn(person.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await device.IsLive();
        await device.Id("composer").WaitForAsync();
        return device;
    }
}
