using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace ChatMonolith.Benchmark;

/// <summary>
/// The web client's budgets in the system's Chromium against a real server, in a room of 100,000 messages or more. The browser draws in
/// software here, so what is measured is an upper bound of what people's machines need.
/// </summary>
internal sealed class ClientBudgets : IAsyncDisposable
{
    private const string Password = "long copper kettle 47";
    private const int Throttle = 4;

    /// <summary>One message a second, and a reaction to each tenth.</summary>
    private const int HourOfMessages = 3600;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly ServerProcess server;
    private readonly SeededPerson[] people;

    private ClientBudgets(IPlaywright playwright, IBrowser browser, ServerProcess server, SeededPerson[] people)
    {
        this.playwright = playwright;
        this.browser = browser;
        this.server = server;
        this.people = people;
    }

    /// <summary>As a browser names it: on <c>localhost</c> cookies and service workers work without TLS.</summary>
    private string Address => $"http://localhost:{server.Address.Port}";

    private Guid Room => people[0].Rooms[0];

    /// <param name="binary">The server.</param>
    /// <param name="data">Seeded, with at least two rooms; the first person's password is set.</param>
    /// <param name="tokens">What <c>chatctl seed</c> wrote.</param>
    /// <param name="runs">How often each time is measured; the median is told.</param>
    public static async Task<int> Measure(string binary, string data, string tokens, int runs)
    {
        var seeded = File.ReadLines(tokens).Select(l => JsonSerializer.Deserialize<SeededPerson>(l, JsonSerializerOptions.Web)!).ToArray();
        var driver = await Playwright.CreateAsync();
        var chromium = await driver.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-precise-memory-info"] });
        await using var budgets = new ClientBudgets(driver, chromium, await ServerProcess.Start(binary, data), seeded);
        var state = await budgets.LogIn();
        await budgets.Load(state, runs);
        await using var page = await ClientPage.Open(chromium, budgets.Address, state);
        await budgets.Use(page, runs);
        await budgets.Hour(page);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        await server.DisposeAsync();
    }

    private async Task<string> LogIn()
    {
        await using var context = await browser.NewContextAsync(new() { BaseURL = Address });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/login");
        await page.GetByTestId("login-name").FillAsync(people[0].Username);
        await page.GetByTestId("login-password").FillAsync(Password);
        await page.GetByTestId("login-submit").ClickAsync();
        await page.GetByTestId("room-list").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return await context.StorageStateAsync();
    }

    private async Task Load(string state, int runs)
    {
        var (cold, answered, warm) = (new List<double>(), new List<double>(), new List<double>());
        var (bytes, requests) = (0.0, 0);
        for (var run = 0; run < runs; run++)
        {
            await using var page = await ClientPage.Open(browser, Address, state);
            await page.Slow(Throttle);
            await page.GoTo($"/rooms/{Room}");
            var view = await page.FirstView();
            cold.Add(view.At);
            answered.Add(view.At - view.Answered);
            (bytes, requests) = (view.Bytes, view.Files);
            await page.Slow(1);
            await page.IsInstalled();
            await page.Slow(Throttle);
            await page.GoTo($"/rooms/{Room}");
            warm.Add((await page.FirstView()).At);
        }

        Row("First load: script and style, compressed", "120 KB", $"{bytes / 1024:F0} KB in {requests} files");
        Row($"First view, nothing cached, {Throttle} × slower processor: after the last answer of the API", "500 ms", $"{Median(answered):F0} ms");
        Row("the same, from the start of the navigation", "", $"{Median(cold):F0} ms");
        Row($"First view of a later visit, {Throttle} × slower: from the start of the navigation", "", $"{Median(warm):F0} ms");
    }

    private async Task Use(ClientPage page, int runs)
    {
        await page.GoTo($"/rooms/{Room}");
        await page.FirstView();
        await page.IsInstalled();
        foreach (var factor in new[] { 1, Throttle })
        {
            await page.Slow(factor);
            var (switched, sent) = (new List<double>(), new List<double>());
            await page.Switch(people[0].Rooms[1]);
            for (var run = 0; run < runs * 2; run++)
            {
                switched.Add(await page.Switch(people[0].Rooms[run % 2]));
            }

            await page.Switch(Room);
            var typed = await page.Type(60);
            for (var run = 0; run < runs; run++)
            {
                sent.Add(await page.Send($"a word between, number {run}"));
            }

            var note = factor == 1 ? "" : $", {factor} × slower";
            Row($"A key typed to its paint{note}: median / 95 %", "50 ms", $"{Median(typed):F0} / {Percentile(typed, 0.95):F0} ms");
            Row($"Enter to the message's paint{note}", "50 ms", $"{Median(sent):F0} ms");
            Row($"A room switch from memory to its paint{note}", "", $"{Median(switched):F0} ms");
        }

        await page.Slow(1);
        var still = await page.Frames(() => page.Wait(3000));
        var plain = await page.FramesOfAPlainPage();
        await page.GoTo($"/rooms/{Room}");
        await page.FirstView();
        await page.Wait(1000);
        var up = await page.Frames(() => page.Fling(40_000));
        var down = await page.Frames(() => page.Fling(-25_000));
        Row("Scrolling up through 40,000 px of history at 4,000 px a second: frames dropped / longest", "none", $"{up}");
        Row("the same down again, 25,000 px", "none", $"{down}");
        Row("for comparison, a page of plain paragraphs / nothing moving at all", "", $"{plain} / {still}");
        Row("Nodes in the document while scrolling, at most", "1,500", $"{Math.Max(up.Nodes, down.Nodes)}");
    }

    private async Task Hour(ClientPage page)
    {
        await page.ToEnd();
        var before = await page.Memory();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", people[1].AccessToken);
        for (var i = 0; i < HourOfMessages; i++)
        {
            using var posted = await http.PostAsJsonAsync($"/api/v1/rooms/{Room}/messages", new { clientId = Guid.CreateVersion7().ToString("N"), text = $"Message {i} of an hour in which **everybody** has something to say about `it`, and says so at some length." });
            posted.EnsureSuccessStatusCode();
            if (i % 10 == 0)
            {
                var id = (await posted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
                using var put = await http.PutAsync(new Uri($"/api/v1/messages/{id}/reactions/%F0%9F%91%8D", UriKind.Relative), content: null);
                put.EnsureSuccessStatusCode();
            }
        }

        await page.Sees($"Message {HourOfMessages - 1} of");
        var after = await page.Memory();
        Row($"Heap after an hour's {HourOfMessages} messages (before: {before.Megabytes:F1} MB)", "80 MB", $"{after.Megabytes:F1} MB");
        Row("Nodes then: in the document / all that the page holds", "1,500", $"{after.InDocument} / {after.All}");
    }

    private static void Row(string what, string budget, string measured) => Console.WriteLine($"| {what} | {budget} | {measured} |");

    private static double Median(List<double> values) => Percentile(values, 0.5);

    private static double Percentile(List<double> values, double share)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * share))];
    }
}

/// <summary>A drawn frame's worth of missing, of all that were due.</summary>
internal sealed record FrameCount(int Dropped, int Due, double Longest, int Nodes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Dropped} of {Due} ({100.0 * Dropped / Math.Max(1, Due):F1} %), {Longest:F0} ms");
}
