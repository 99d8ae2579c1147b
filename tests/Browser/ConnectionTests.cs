using System.Collections.Concurrent;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What a person sees and keeps when the connection is lost, the server is stopped, or the session ends.</summary>
public class ConnectionTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task Nothing_moves_when_the_connection_is_lost_and_comes_back(int width, int height)
    {
        await using var own = new BrowserServer();
        await own.InitializeAsync();
        await using var ann = await own.Open(width, height);
        ToleratesLoss(ann);
        await ann.Register("ann", "Ann");
        await ann.OpenRoom("general");
        await ann.Write("Where does this stand?");
        await ann.Sees("Where does this stand?");
        await ann.Page.EvaluateAsync(
            """
            () => {
              window.places = {};
              const look = () => {
                for (const one of ['timeline', 'composer', 'message']) {
                  const box = document.querySelector(`[data-testid=${one}]`)?.getBoundingClientRect();
                  (window.places[one] ??= {})[box ? `${box.x} ${box.y} ${box.width} ${box.height}` : 'gone'] = true;
                }
                requestAnimationFrame(look);
              };
              look();
            }
            """);

        await own.Server.Kill9();
        await ann.Page.Locator("[data-testid=connection-state].shown").WaitForAsync();
        var line = (await ann.Id("connection-state").BoundingBoxAsync())!;
        line.Y.ShouldBeGreaterThan(0);
        (line.X >= 0 && line.X + line.Width <= width).ShouldBeTrue($"The line goes from {line.X} to {line.X + line.Width} px.");
        await own.Server.Restart();
        await ann.Id("connection-state").GetByText("Connected again").WaitForAsync();
        await ann.Page.Locator("[data-testid=connection-state]:not(.shown)").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        foreach (var what in new[] { "timeline", "composer", "message" })
        {
            (await ann.Page.EvaluateAsync<string[]>("what => Object.keys(window.places[what])", what)).Length.ShouldBe(1, $"The {what} moved.");
        }
    }

    [Fact]
    public async Task A_server_that_is_stopped_and_started_again_loses_no_message_that_was_on_its_way()
    {
        await using var own = new BrowserServer();
        await own.InitializeAsync();
        await using var ann = await own.Open();
        await using var bob = await own.Open();
        ToleratesLoss(ann);
        ToleratesLoss(bob);
        var told = new ConcurrentQueue<string>();
        ann.Page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => told.Enqueue(frame.Text ?? "");
        await ann.Register("ann", "Ann");
        await bob.Register("bob", "Bob");
        await ann.OpenRoom("general");
        await bob.OpenRoom("general");

        var ended = own.Server.Stop();
        await Deadline.Until(() => told.Any(f => f.Contains("\"goaway\"", StringComparison.Ordinal)), "goaway");
        await ann.Write("while it stops");
        await bob.Sees("while it stops");
        (await ended).ShouldBe(0);
        await ann.State("waiting");
        await ann.Write("while it is down");
        await own.Server.Restart();

        foreach (var text in new[] { "while it stops", "while it is down" })
        {
            await bob.Sees(text);
            await ann.Sees(text);
        }
    }

    [Fact]
    public async Task A_session_ended_from_another_device_says_so_and_keeps_what_was_written()
    {
        await using var elsewhere = await chat.Server.Register("Eve");
        await using var eve = await chat.Open();
        eve.Tolerate("ERR_INTERNET_DISCONNECTED");
        await eve.LogIn(elsewhere.Username);
        await eve.OpenRoom("general");
        await eve.Id("composer").FillAsync("half a thought");

        // While the socket is open: it is closed with 4403.
        await EndsTheOthers(elsewhere);
        await IsToldOfTheEnd(eve);
        await eve.LogInHere(elsewhere.Username);
        await eve.IsIn("general");
        (await eve.Id("composer").InputValueAsync()).ShouldBe("half a thought");

        // While there is no network: what was to be sent waits through the end of the session.
        await eve.Page.Context.SetOfflineAsync(true);
        await eve.State("offline");
        await eve.Write("a whole thought");
        await EndsTheOthers(elsewhere);
        await eve.Page.Context.SetOfflineAsync(false);
        await IsToldOfTheEnd(eve);
        await eve.LogInHere(elsewhere.Username);
        await eve.Sees("a whole thought");
    }

    [Fact]
    public async Task What_was_written_waits_for_its_own_person_only_and_logging_out_leaves_nothing_of_it()
    {
        await using var kim = await chat.Server.Register("Kim");
        await using var lee = await chat.Server.Register("Lee");
        await using var shared = await chat.Open();
        await shared.LogIn(kim.Username);
        await shared.OpenRoom("general");
        await shared.Id("composer").FillAsync("for nobody else");
        await EndsTheOthers(kim);
        await IsToldOfTheEnd(shared);

        await shared.LogInHere(lee.Username);
        await shared.IsIn("general");
        (await shared.Id("composer").InputValueAsync()).ShouldBeEmpty();
        await shared.Id("composer").FillAsync("typed just before leaving");
        await shared.Id("me-menu").ClickAsync();
        await shared.Id("log-out").ClickAsync();
        await shared.Id("login-name").WaitForAsync();
        var kept = await shared.Page.EvaluateAsync<string>("() => new Promise(then => setTimeout(() => then(JSON.stringify(localStorage)), 400))");
        kept.ShouldNotContain("for nobody else");
        kept.ShouldNotContain("typed just before leaving");
    }

    private static async Task EndsTheOthers(Person person) => (await person.Http.Delete("auth/sessions")).Ok(204);

    private static void ToleratesLoss(Device device)
    {
        device.Tolerate("ERR_CONNECTION");
        device.Tolerate("WebSocket connection to");
    }

    private static async Task IsToldOfTheEnd(Device device)
    {
        await device.Id("login-name").WaitForAsync();
        await device.Page.GetByText("Your session has ended.").WaitForAsync();
        new Uri(device.Page.Url).AbsolutePath.ShouldBe("/login");
    }
}
