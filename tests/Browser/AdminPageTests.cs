using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>The administration, as its admin works in it, and as everybody else finds it closed.</summary>
public class AdminPageTests(AdminServer chat) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task An_admin_finds_a_person_and_deactivates_them_whose_tab_is_logged_out_at_once()
    {
        await using var person = await chat.Server.Register("Leaver");
        await using var theirs = await chat.Open();
        theirs.Tolerate("the server responded with a status of 40");
        theirs.Tolerate("WebSocket connection to");
        await theirs.LogIn(person.Username);

        await using var device = await In("/");
        await device.Id("open-admin").ClickAsync();
        await device.Id("admin-users").ClickAsync();
        await device.Id("list-search").FillAsync(person.Username);
        await Assertions.Expect(device.Id("row")).ToHaveCountAsync(1);
        new Uri(device.Page.Url).PathAndQuery.ShouldBe($"/admin/users?query={person.Username}");
        await device.Id("row-menu").ClickAsync();
        await device.Id("user-deactivate").ClickAsync();
        await device.Page.GetByText("All devices are logged out at once").WaitForAsync();
        await device.Id("confirm").ClickAsync();
        await device.Id("row").GetByText("Deactivated").WaitForAsync();

        await theirs.Id("login-name").WaitForAsync();
        (await chat.Server.Anonymous.Post("auth/login", new { login = person.Username, password = "long copper kettle 47" })).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_job_is_run_by_hand_and_its_result_appears()
    {
        await using var device = await In("/admin/jobs");
        var job = device.Page.Locator("[data-job='auth.clean-sessions']");
        await job.WaitForAsync();
        await job.Locator("a").ClickAsync();
        await device.Page.WaitForURLAsync("**/admin/jobs/auth:clean-sessions");
        await device.Id("row").First.Or(device.Page.GetByText("It has not run yet")).WaitForAsync();
        var before = (await chat.Admin.Http.Get("admin/jobs/auth.clean-sessions/history")).Ok()["items"].EnumerateArray().Count(r => r.Word("trigger") == "manual");
        await device.Id("job-run").ClickAsync();

        // Told over the socket, without a reload.
        var manual = device.Id("row").Filter(new() { HasText = "By hand" }).Filter(new() { HasText = "Succeeded" });
        await Assertions.Expect(manual).ToHaveCountAsync(before + 1);

        await device.Id("job-pause").ClickAsync();
        await device.Page.Locator("[data-job='auth.clean-sessions'][data-state=paused]").WaitForAsync();
        await device.Id("job-resume").ClickAsync();
        await device.Page.Locator("[data-job='auth.clean-sessions'][data-state=waiting]").WaitForAsync();
    }

    [Fact]
    public async Task A_member_gets_nothing_of_the_administration()
    {
        await using var member = await chat.Server.Register("Member");
        await using var device = await chat.Open();
        device.Tolerate("the server responded with a status of 404");
        var asked = new System.Collections.Concurrent.ConcurrentQueue<string>();
        device.Page.Request += (_, request) => asked.Enqueue(new Uri(request.Url).AbsolutePath);
        await device.LogIn(member.Username);
        await Assertions.Expect(device.Id("open-admin")).ToHaveCountAsync(0);
        await device.Page.Keyboard.PressAsync("Control+k");
        await device.Id("switcher-input").FillAsync("administration");
        await Assertions.Expect(device.Page.Locator("#switch-list li").Filter(new() { HasText = "Administration:" })).ToHaveCountAsync(0);
        await device.Page.Keyboard.PressAsync("Escape");
        foreach (var (_, path) in chat.Pages)
        {
            await device.Page.GotoAsync(path);
            await device.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" }).WaitForAsync();
        }

        asked.Where(p => p.Contains("/api/v1/admin", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_is_searched_gone_through_selected_and_opened_by_the_keyboard_alone()
    {
        await using var device = await In("/admin/users?sort=username");
        var keys = device.Page.Keyboard;
        await device.Id("row").First.WaitForAsync();
        await device.Id("list-search").FocusAsync();
        // The address is written at once, the rows are asked for a moment later: until they come the old ones stand there.
        await device.Page.RunAndWaitForResponseAsync(() => keys.TypeAsync("a"), response => response.Url.Contains("query=a", StringComparison.Ordinal) && response.Url.Contains("/api/v1/", StringComparison.Ordinal));
        await device.Page.WaitForURLAsync("**query=a**");
        await Assertions.Expect(device.Page.Locator(".admin-table")).ToBeVisibleAsync();

        // One stop for the whole table: the row at hand, then what is inside it.
        for (var i = 0; i < 20 && !await InRow(device); i++)
        {
            await keys.PressAsync("Tab");
        }

        (await InRow(device)).ShouldBeTrue("the tab key reaches the rows");
        await device.Id("row").First.FocusAsync();
        await keys.PressAsync("ArrowDown");
        await Assertions.Expect(device.Id("row").Nth(1)).ToBeFocusedAsync();
        await keys.PressAsync("Space");
        await Assertions.Expect(device.Id("selected-count")).ToHaveTextAsync("1 selected");
        await Assertions.Expect(device.Id("row").Nth(1)).ToBeFocusedAsync();
        await keys.PressAsync("Shift+ArrowDown");
        await Assertions.Expect(device.Id("selected-count")).ToHaveTextAsync("2 selected");
        await Assertions.Expect(device.Id("row").Nth(2)).ToHaveAttributeAsync("aria-selected", "true");
        await keys.PressAsync("Escape");
        await Assertions.Expect(device.Id("selected-count")).ToHaveCountAsync(0);
        await keys.PressAsync("Home");
        var id = await device.Id("row").First.GetAttributeAsync("data-id");
        await keys.PressAsync("Enter");
        await device.Page.WaitForURLAsync($"**/admin/users/{id}");
        await Assertions.Expect(device.Page.Locator("h1[tabindex]")).ToBeFocusedAsync();
        await device.Page.GoBackAsync();
        await Assertions.Expect(device.Id("list-search")).ToHaveValueAsync("a");
    }

    [Fact]
    public async Task Many_are_acted_on_at_once_and_each_failure_is_named()
    {
        await using var one = await chat.Server.Register("Bulky");
        await using var two = await chat.Server.Register("Bulky");
        await using var device = await In("/admin/users?query=bulky");
        await Assertions.Expect(device.Id("row")).ToHaveCountAsync(2);
        await device.Id("pick-all").CheckAsync();
        await device.Id("bulk-users.deactivate").ClickAsync();
        await device.Page.GetByText("Deactivate 2 accounts?").WaitForAsync();
        await device.Id("confirm").ClickAsync();
        await device.Page.GetByText("Finished: 2 of 2 done.").WaitForAsync();
        await device.Id("bulk-close").ClickAsync();
        await Assertions.Expect(device.Id("row").Filter(new() { HasText = "Deactivated" })).ToHaveCountAsync(2);

        // The last admin stays: the act on oneself is refused, and the dialog says so.
        await device.Page.GotoAsync($"/admin/users?query={chat.Admin.Username}");
        await device.Id("pick").First.CheckAsync();
        await device.Id("bulk-users.deactivate").ClickAsync();
        await device.Id("confirm").ClickAsync();
        await device.Page.GetByText("1 could not be done").WaitForAsync();
        await device.Id("bulk-close").ClickAsync();
    }

    [Fact]
    public async Task What_a_list_shows_comes_as_a_file_with_the_same_filters()
    {
        await using var person = await chat.Server.Register("Exported");
        await using var device = await In($"/admin/users?query={person.Username}");
        await device.Id("row").WaitForAsync();
        var download = await device.Page.RunAndWaitForDownloadAsync(() => device.Id("list-csv").ClickAsync());
        download.SuggestedFilename.ShouldEndWith(".csv");
        var lines = (await File.ReadAllLinesAsync(await download.PathAsync())).Where(l => l.Length > 0).ToList();
        lines.Count.ShouldBe(2);
        lines[0].ShouldContain("username");
        lines[1].ShouldContain(person.Username);
    }

    [Fact]
    public async Task The_door_asks_once_more_who_is_there()
    {
        await using var device = await In("/");
        await device.Page.RouteAsync("**/api/v1/auth/2fa", route => route.FulfillAsync(new() { ContentType = "application/json", Body = """{"totp":false,"passkeys":0,"email":false,"freshUntil":null}""" }));
        await device.Id("open-admin").ClickAsync();
        await device.Id("step-up-password").WaitForAsync();
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Id("admin-door").ClickAsync();
        await device.Id("step-up-password").FillAsync("long copper kettle 47");
        await device.Id("step-up").ClickAsync();
        await device.Id("number-connections").WaitForAsync();
    }

    [Fact]
    public async Task A_setting_says_what_is_wrong_with_it_and_holds_at_once_when_it_is_right()
    {
        await using var device = await In("/admin/settings");
        device.Tolerate("the server responded with a status of 400");
        var field = device.Id("setting-Admin:JobHistoryDays");
        await field.FillAsync("99999");
        await device.Id("save-Admin").ClickAsync();
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(field).ToBeFocusedAsync();
        await field.FillAsync("21");
        await device.Id("save-Admin").ClickAsync();
        await device.Id("reset-Admin:JobHistoryDays").WaitForAsync();
        await device.Id("reset-Admin:JobHistoryDays").ClickAsync();
        await Assertions.Expect(field).ToHaveValueAsync("14");
    }

    [Fact]
    public async Task An_announcement_is_looked_at_asked_for_and_seen_by_everybody()
    {
        await using var reader = await chat.Server.Register("Reader");
        await using var theirs = await chat.Open();
        await theirs.LogIn(reader.Username);
        await using var device = await In("/admin/announcements");
        await device.Id("announce-send").ClickAsync();
        await Assertions.Expect(device.Id("announce-text")).ToBeFocusedAsync();
        await device.Id("announce-text").FillAsync("The server restarts at six.");
        await device.Id("announce-preview").GetByText("The server restarts at six.").WaitForAsync();
        await device.Id("announce-send").ClickAsync();
        await device.Id("confirm").ClickAsync();
        await theirs.Page.Locator("#notices").GetByText("The server restarts at six.").WaitForAsync();
        await theirs.OpenRoom("general");
        await theirs.Sees("The server restarts at six.");
    }

    [Fact]
    public async Task No_page_of_the_administration_has_a_finding_or_is_wider_than_the_screen()
    {
        await using var device = await chat.Open();
        await device.LogIn(chat.Admin.Username);
        var findings = new List<string>();
        foreach (var (name, path) in chat.Pages)
        {
            // Loaded once, looked at in each size and scheme: that a page follows both is part of it.
            await Show(device, path);
            foreach (var (width, scheme) in new[] { (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (360, ColorScheme.Dark), (360, ColorScheme.Light) })
            {
                await device.Page.SetViewportSizeAsync(width, 800);
                await device.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await device.FitsTheScreen();
                findings.AddRange((await Accessibility.Findings(device, coloursOnly: scheme is ColorScheme.Dark)).Select(f => $"{name} {width} {scheme}: {f}"));
            }
        }

        findings.ShouldBeEmpty(string.Join('\n', findings));
    }

    [Fact]
    public async Task Each_list_tells_what_failed_and_tries_again()
    {
        await using var device = await In("/admin/announcements");
        device.Tolerate("Failed to load resource");
        foreach (var (path, api) in new[] { ("/admin/rooms", "**/api/v1/admin/rooms?*"), ("/admin/jobs", "**/api/v1/admin/jobs"), ("/admin", "**/api/v1/admin/stats"), ("/admin/settings", "**/api/v1/admin/settings") })
        {
            await device.Page.RouteAsync(api, route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"code":"unavailable","status":503}""" }));
            await device.Page.GotoAsync(path);
            await device.Page.Locator(".state.failed").GetByText("The server is busy").WaitForAsync();
            await device.Page.UnrouteAsync(api);
            await device.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
            await Assertions.Expect(device.Page.Locator(".state.failed")).ToHaveCountAsync(0);
        }
    }

    internal static async Task Show(Device device, string path)
    {
        await device.Page.GotoAsync(path);
        await device.IsLive();
        await device.Page.Locator(".admin-page").WaitForAsync();
        await Assertions.Expect(device.Page.Locator(".admin-page .skeleton")).ToHaveCountAsync(0);
        await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    private static Task<bool> InRow(Device device) => device.Page.EvaluateAsync<bool>("document.activeElement.closest('tbody [role=row]') !== null");

    private async Task<Device> In(string path)
    {
        var device = await chat.Open();
        await device.LogIn(chat.Admin.Username);
        await device.Page.GotoAsync(path);
        await device.IsLive();
        return device;
    }
}
