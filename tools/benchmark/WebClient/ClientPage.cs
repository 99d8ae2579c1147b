using System.Text.Json;
using Microsoft.Playwright;

namespace ChatMonolith.Benchmark.WebClient;

/// <summary>One browser profile with the client open, and the clocks in it.</summary>
internal sealed class ClientPage : IAsyncDisposable
{
    /// <summary>Runs once in each document before all else: remembers when the first message was painted.</summary>
    private const string Clock =
        """
        window.painted = run => new Promise(done => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => done(performance.now()); c.port2.postMessage(0); }));
        window.appears = selector => new Promise(done => {
          const look = () => document.querySelector(selector) && (watch.disconnect(), painted().then(done), true);
          const watch = new MutationObserver(look);
          if (!look()) watch.observe(document, { childList: true, subtree: true, attributes: true });
        });
        window.firstView = appears('article[data-seq]');
        """;

    private readonly IBrowserContext context;
    private readonly IPage page;
    private readonly ICDPSession devtools;

    private ClientPage(IBrowserContext context, IPage page, ICDPSession devtools)
    {
        this.context = context;
        this.page = page;
        this.devtools = devtools;
    }

    public static async Task<ClientPage> Open(IBrowser browser, string address, string state)
    {
        var profile = await browser.NewContextAsync(new() { BaseURL = address, StorageState = state, ViewportSize = new() { Width = 1280, Height = 800 }, Locale = "en" });
        await profile.AddInitScriptAsync(Clock);
        var tab = await profile.NewPageAsync();
        return new ClientPage(profile, tab, await profile.NewCDPSessionAsync(tab));
    }

    public Task GoTo(string path) => page.GotoAsync(path);

    public Task Wait(int ms) => page.WaitForTimeoutAsync(ms);

    public Task Slow(int factor) => devtools.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = factor });

    public Task Sees(string text) => page.GetByTestId("message").Filter(new() { HasText = text }).First.WaitForAsync(new() { Timeout = 120_000 });

    /// <summary>Until the service worker serves this profile and what was seen is on the device.</summary>
    public async Task IsInstalled()
    {
        await page.WaitForFunctionAsync("() => navigator.serviceWorker.controller?.state === 'activated'");
        await Wait(3500);
    }

    /// <summary>When the first message was painted and when the API had given its last answer before, from the navigation's start, and what came over the network.</summary>
    public async Task<(double At, double Answered, double Bytes, int Files)> FirstView()
    {
        var view = await page.EvaluateAsync<JsonElement>(
            """
            async () => {
              const at = await firstView;
              const all = performance.getEntriesByType('resource');
              const answers = all.filter(one => /\/api\/v1\/(config|auth\/me|rooms$|rooms\/[^/]+\/messages)/.test(one.name) && one.responseEnd <= at);
              const files = all.filter(one => /\.(js|css)$/.test(new URL(one.name).pathname) && one.startTime <= at);
              return { at, answered: Math.max(0, ...answers.map(one => one.responseEnd)), bytes: files.reduce((sum, one) => sum + one.encodedBodySize, performance.getEntriesByType('navigation')[0].encodedBodySize), files: files.length };
            }
            """);
        double Number(string name) => view.GetProperty(name).GetDouble();
        return (Number("at"), Number("answered"), Number("bytes"), (int)Number("files"));
    }

    /// <summary>From the click on a room to the paint of its messages, in ms.</summary>
    public Task<double> Switch(Guid room) => page.EvaluateAsync<double>(
        """
        async room => {
          const link = document.querySelector(`[data-testid=room-item][data-room-id="${room}"]`);
          if (link.getAttribute('aria-current')) return 0;
          const old = document.querySelector('article');
          const begun = performance.now();
          link.click();
          while (!document.querySelector('article') || document.querySelector('article') === old) await new Promise(next => setTimeout(next));
          return await painted() - begun;
        }
        """,
        room.ToString());

    /// <summary>From each key to the next paint, as Event Timing tells it (in steps of 8 ms).</summary>
    public async Task<List<double>> Type(int keys)
    {
        await page.GetByTestId("composer").FocusAsync();
        await page.EvaluateAsync("() => { window.times = []; window.seen = new PerformanceObserver(list => { for (const one of list.getEntries()) if (one.name === 'keydown') times.push(one.duration); }); seen.observe({ type: 'event', durationThreshold: 16 }); }");
        await page.GetByTestId("composer").PressSequentiallyAsync(new string('x', keys), new() { Delay = 60 });
        await Wait(500);
        var slow = await page.EvaluateAsync<double[]>("() => { seen.disconnect(); return times; }");
        await page.GetByTestId("composer").FillAsync("");

        // What took less than the threshold is not told at all.
        return [.. slow, .. Enumerable.Repeat(8.0, Math.Max(0, keys - slow.Length))];
    }

    /// <summary>From Enter to the paint of the message, in ms.</summary>
    public async Task<double> Send(string text)
    {
        await page.GetByTestId("composer").FillAsync(text);
        await page.EvaluateAsync(
            """
            text => {
              window.sent = new Promise(done => document.addEventListener('keydown', async () => {
                const begun = performance.now();
                while (![...document.querySelectorAll('article')].slice(-3).some(one => one.textContent.includes(text))) await new Promise(next => setTimeout(next));
                done(await painted() - begun);
              }, { once: true, capture: true }));
            }
            """,
            text);
        await page.GetByTestId("composer").PressAsync("Enter");
        var took = await page.EvaluateAsync<double>("window.sent");
        await Wait(200);
        return took;
    }

    /// <summary>How many frames were missing while something was done.</summary>
    public async Task<FrameCount> Frames(Func<Task> act)
    {
        await page.EvaluateAsync(
            """
            () => {
              const seen = window.frames_ = { times: [], nodes: 0, on: true };
              const nodes = () => { let n = 0; for (const w = document.createTreeWalker(document); w.nextNode();) n++; return n; };
              const look = at => { seen.times.push(at); if (seen.times.length % 30 === 0) seen.nodes = Math.max(seen.nodes, nodes()); if (seen.on) requestAnimationFrame(look); };
              requestAnimationFrame(look);
            }
            """);
        await act();
        var seen = await page.EvaluateAsync<JsonElement>("() => { frames_.on = false; return frames_; }");
        var times = seen.GetProperty("times").EnumerateArray().Select(t => t.GetDouble()).ToArray();
        var gaps = times.Zip(times.Skip(1), (a, b) => b - a).ToArray();
        const double frame = 1000.0 / 60;
        return new FrameCount((int)gaps.Sum(g => Math.Max(0, Math.Round(g / frame) - 1)), (int)gaps.Sum(g => Math.Max(1, Math.Round(g / frame))), gaps.DefaultIfEmpty().Max(), seen.GetProperty("nodes").GetInt32());
    }

    /// <summary>The same movement over a page that does nothing.</summary>
    public async Task<FrameCount> FramesOfAPlainPage()
    {
        await GoTo("/favicon.svg");
        await page.EvaluateAsync(
            """
            () => {
              const body = document.documentElement.appendChild(document.createElementNS('http://www.w3.org/1999/xhtml', 'div'));
              document.documentElement.remove();
              const html = document.appendChild(document.createElementNS('http://www.w3.org/1999/xhtml', 'html'));
              const all = html.appendChild(document.createElementNS('http://www.w3.org/1999/xhtml', 'body'));
              for (let i = 0; i < 1500; i++) all.appendChild(document.createElementNS('http://www.w3.org/1999/xhtml', 'p')).textContent = `A paragraph of a plain page, number ${i}, as long as a message may be in a room.`;
              scrollTo(0, 1e9);
            }
            """);
        return await Frames(() => Fling(25_000));
    }

    /// <summary>A gesture of a wheel at 4,000 px a second; positive goes up.</summary>
    public Task Fling(int distance) => devtools.SendAsync(
        "Input.synthesizeScrollGesture",
        new Dictionary<string, object> { ["x"] = 700, ["y"] = 400, ["yDistance"] = distance, ["speed"] = 4000, ["gestureSourceType"] = "mouse", ["preventFling"] = true });

    public async Task ToEnd()
    {
        var jump = page.GetByTestId("jump-latest");
        if (await jump.IsVisibleAsync())
        {
            await jump.ClickAsync();
        }

        await Assertions.Expect(jump).ToHaveCountAsync(0);
    }

    /// <summary>What is in use after the collector ran.</summary>
    public async Task<(double Megabytes, int InDocument, int All)> Memory()
    {
        await devtools.SendAsync("HeapProfiler.enable");
        await devtools.SendAsync("HeapProfiler.collectGarbage");
        await Wait(500);
        await devtools.SendAsync("HeapProfiler.collectGarbage");
        await devtools.SendAsync("Performance.enable");
        var metrics = (await devtools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetDouble());
        var nodes = await page.EvaluateAsync<int>("() => { let n = 0; for (const w = document.createTreeWalker(document); w.nextNode();) n++; return n; }");
        return (metrics["JSHeapUsedSize"] / 1024 / 1024, nodes, (int)metrics["Nodes"]);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
