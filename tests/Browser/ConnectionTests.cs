using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What a person sees and keeps when the connection is lost.</summary>
public class ConnectionTests
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

    private static void ToleratesLoss(Device device)
    {
        device.Tolerate("ERR_CONNECTION");
        device.Tolerate("WebSocket connection to");
    }
}
