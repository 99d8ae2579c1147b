using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>
/// One person's browser. Watches for everything that must not happen: an error on the console, a violation of the content security
/// policy, a dialog, a request to another host. <see cref="DisposeAsync"/> fails the test for each.
/// </summary>
public sealed class Device : IAsyncDisposable
{
    private const string Password = "long copper kettle 47";
    private readonly ConcurrentQueue<string> faults = new();
    private readonly List<string> tolerated = [];
    private readonly IBrowserContext context;
    private readonly Uri server;

    private Device(IBrowserContext context, IPage page, Uri server)
    {
        this.context = context;
        this.server = server;
        Page = page;
    }

    public IPage Page { get; private set; }

    public ILocator Messages => Id("message");

    public static async Task<Device> In(IBrowserContext context, Uri server)
    {
        var page = await context.NewPageAsync();
        var device = new Device(context, page, server);

        // What a login page asks before anybody is logged in; Chromium writes each 401 to the console.
        device.Tolerate("the server responded with a status of 401");
        await device.Watch(page);
        return device;
    }

    /// <summary>Closes the tab and goes on in a new one.</summary>
    public async Task InNewTab()
    {
        await Page.CloseAsync();
        Page = await AnotherTab();
    }

    /// <summary>A further tab of the same browser, watched like the first.</summary>
    public async Task<IPage> AnotherTab()
    {
        var page = await context.NewPageAsync();
        await Watch(page);
        return page;
    }

    /// <summary>A console text that this test brings about itself, such as a refused connection while the server is down.</summary>
    public void Tolerate(string text) => tolerated.Add(text);

    public ILocator Id(string testId) => Page.GetByTestId(testId);

    /// <summary>Registers through the page and waits until the rooms are there.</summary>
    public async Task Register(string username, string? displayName = null)
    {
        await Page.GotoAsync("/register");
        await Id("register-email").FillAsync($"{username}@example.org");
        await Id("register-display-name").FillAsync(displayName ?? username);
        await Id("register-username").FillAsync(username);
        await Id("register-password").FillAsync(Password);
        await Id("register-submit").ClickAsync();
        await Id("room-list").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await IsLive();
    }

    public async Task LogIn(string username, string password = Password)
    {
        await Page.GotoAsync("/login");
        await LogInHere(username, password);
    }

    /// <summary>On the login page that is already there.</summary>
    public async Task LogInHere(string username, string password = Password)
    {
        await Id("login-name").FillAsync(username);
        await Id("login-password").FillAsync(password);
        await Id("login-submit").ClickAsync();
        await Id("room-list").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await IsLive();
    }

    public Task IsLive() => State("live");

    /// <summary>Waits for the connection's state; an element that shows nothing in the state <c>live</c> is there all the same.</summary>
    public async Task State(string state) =>
        await Page.Locator($"[data-testid=connection-state][data-state={state}]").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public async Task OpenRoom(string name)
    {
        await Id("room-item").Filter(new() { HasText = name }).First.ClickAsync();
        await IsIn(name);
    }

    /// <summary>Waits until this room is the open one; the composer alone could still be that of the room before.</summary>
    public async Task IsIn(string room) =>
        await Page.Locator($"[data-testid=composer][aria-label*='{room}']").WaitForAsync();

    public async Task Write(string text)
    {
        await Id("composer").FillAsync(text);
        await Id("composer").PressAsync("Enter");
    }

    /// <summary>Waits until this text stands in exactly one message, and that one is sent.</summary>
    public async Task Sees(string text)
    {
        var message = Messages.Filter(new() { HasText = text });
        await message.First.WaitForAsync();
        await Assertions.Expect(message).ToHaveCountAsync(1);
        await Assertions.Expect(Page.Locator("[data-testid=message].unsent").Filter(new() { HasText = text })).ToHaveCountAsync(0);
    }

    /// <summary>Nothing reaches out of the screen, and what scrolls down hides nothing beside itself; code and tables may scroll sideways.</summary>
    public async Task FitsTheScreen()
    {
        var outside = await Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('body, body *')]
              .filter(e => !e.closest('pre, table, .visually-hidden, .skip-link') && e.checkVisibility())
              .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 || (/auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1))
              .map(e => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)} ${e.scrollWidth}/${e.clientWidth}: ${e.textContent.slice(0, 40)}`)
            """);
        outside.ShouldBeEmpty($"{Page.Url} is wider than the screen");
    }

    private async Task Watch(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type == "error" || message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            {
                faults.Enqueue($"console: {message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => faults.Enqueue("page error: " + error);
        page.Dialog += async (_, dialog) =>
        {
            faults.Enqueue("dialog: " + dialog.Message);
            await dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is var url && url.Scheme is not ("data" or "blob") && url.Authority != server.Authority)
            {
                faults.Enqueue("request to another host: " + request.Url);
            }
        };
        await page.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => console.error('Content Security Policy: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))");
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        faults.Where(f => !tolerated.Any(t => f.Contains(t, StringComparison.Ordinal))).ShouldBeEmpty();
    }
}
