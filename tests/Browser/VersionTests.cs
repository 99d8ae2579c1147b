using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>A server is updated while people have it open: nobody ever runs files of two versions, and nobody is reloaded unasked.</summary>
public sealed class VersionTests : IAsyncLifetime
{
    private const string Versions = "() => [...new Set(performance.getEntriesByType('resource').map(one => /\\/v\\/([0-9a-f]+)\\//.exec(one.name)?.[1]).filter(Boolean))]";
    private readonly BrowserServer chat = new();
    /// <summary>On a disk: what lies in memory may not be run.</summary>
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("chat-version-");

    public ValueTask InitializeAsync() => chat.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await chat.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_tab_goes_on_with_its_version_until_its_person_takes_the_new_one()
    {
        await using var device = await chat.Open();
        device.Tolerate("ERR_CONNECTION");
        device.Tolerate("WebSocket connection to");
        await device.Register("ann", "Ann");
        await IsInstalled(device.Page);
        var old = (await device.Page.EvaluateAsync<string[]>(Versions)).ShouldHaveSingleItem();
        await device.OpenRoom("general");
        await device.Id("composer").FillAsync("half a thought");
        var other = await device.AnotherTab();
        await other.GotoAsync("/directory");
        await IsLive(other);

        await RestartWithAnotherVersion();
        await device.Id("update-ready").WaitForAsync(new() { Timeout = 30_000 });
        await other.GetByTestId("update-ready").WaitForAsync();

        // What the tab had not needed so far comes from its own version, although the server has only the new one.
        (await device.Page.EvaluateAsync<string>("old => fetch(`/v/${old}/core/texts/de.js`).then(one => one.text())", old)).ShouldContain("export default");
        (await device.Page.EvaluateAsync<string[]>(Versions)).ShouldBe([old]);
        (await chat.Server.Anonymous.Get($"/v/{old}/core/texts/de.js")).Status.ShouldBe(404);

        await device.Id("update-reload").ClickAsync();
        await device.Page.WaitForFunctionAsync("old => !performance.getEntriesByType('resource').some(one => one.name.includes(old)) && document.querySelector('[data-testid=composer]')", old);
        var fresh = (await device.Page.EvaluateAsync<string[]>(Versions)).ShouldHaveSingleItem();
        fresh.ShouldNotBe(old);
        await device.IsLive();
        (await device.Id("composer").InputValueAsync()).ShouldBe("half a thought");
        await Assertions.Expect(device.Id("update-ready")).ToHaveCountAsync(0);

        // The other tab is still the old one, also beside the new.
        await other.BringToFrontAsync();
        (await other.EvaluateAsync<string[]>(Versions)).ShouldBe([old]);
        (await other.EvaluateAsync<bool>("old => fetch(`/v/${old}/app.js`).then(one => one.ok)", old)).ShouldBeTrue();
        await other.ReloadAsync();
        (await other.EvaluateAsync<string[]>(Versions)).ShouldBe([fresh]);
    }

    [Fact]
    public async Task A_version_that_does_not_come_whole_is_not_taken()
    {
        await using var device = await chat.Open();
        device.Tolerate("ERR_CONNECTION");
        device.Tolerate("WebSocket connection to");
        device.Tolerate("integrity");
        device.Tolerate("Failed to load resource");
        await device.Register("bea", "Bea");
        await IsInstalled(device.Page);
        var old = (await device.Page.EvaluateAsync<string[]>(Versions)).ShouldHaveSingleItem();
        var kept = await Caches(device.Page);

        // One file is not what it should be, as it would be behind a proxy that changes it, or in the midst of a deployment.
        await RestartWithAnotherVersion("self.BUILD.files['core/texts/de.js'] = 'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=';\n");
        await device.IsLive();
        (await device.Page.EvaluateAsync<string>(
            """
            async () => {
              const registration = await navigator.serviceWorker.getRegistration();
              await registration.update().catch(() => null);
              const next = registration.installing;
              if (next) await new Promise(done => { next.onstatechange = done; });
              return next?.state ?? 'redundant';
            }
            """)).ShouldBe("redundant");
        await Deadline.Until(async () => await Caches(device.Page) == kept, "nothing of the broken version to be left");
        await device.Page.ReloadAsync();
        await device.IsLive();
        (await device.Page.EvaluateAsync<string[]>(Versions)).ShouldBe([old]);
    }

    /// <summary>The same program on the same data, with a client that is a little different.</summary>
    /// <param name="worker">What its service worker does before all else.</param>
    private async Task RestartWithAnotherVersion(string worker = "")
    {
        var from = Path.GetDirectoryName(Repository.ServerBinary)!;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder.FullName, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
        }

        await File.AppendAllTextAsync(Path.Combine(folder.FullName, "wwwroot/core/texts/en.js"), "// another version\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "wwwroot/sw.js"), worker + await File.ReadAllTextAsync(Path.Combine(folder.FullName, "wwwroot/sw.js")));
        await chat.Server.Stop();
        chat.Server.Wrapper = ["bash", "-c", $"exec dotnet '{Path.Combine(folder.FullName, "ChatMonolith.dll")}' \"${{@:3}}\"", "server"];
        await chat.Server.Restart();
    }

    private static async Task IsInstalled(IPage page)
    {
        await page.EvaluateAsync("async () => { await navigator.serviceWorker.ready; }");
        await page.WaitForFunctionAsync("() => navigator.serviceWorker.controller?.state === 'activated'");
    }

    private static Task IsLive(IPage page) => page.Locator("[data-testid=connection-state][data-state=live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    private static async Task<string> Caches(IPage page) => string.Join(',', await page.EvaluateAsync<string[]>("caches.keys()"));
}
