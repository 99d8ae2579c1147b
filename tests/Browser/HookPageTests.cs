using System.Globalization;
using System.Text.Json;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Hooks;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>A room and other programs: URLs, hooks, commands; and the accounts of programs.</summary>
public class HookPageTests(MailedBrowser chat) : IClassFixture<MailedBrowser>
{
    [Fact]
    public async Task An_owner_connects_programs_and_a_member_uses_their_command_with_its_completion()
    {
        await using var program = new HookReceiver();
        await using var admin = await chat.Server.Register("Root");
        await using var ann = await chat.Server.Register("Ann");
        await using var bob = await chat.Server.Register("Bob");
        var room = await ann.CreateRoom("Builds", "private", bob);
        await using var owner = await SignedIn(ann, $"/rooms/{room}/settings");
        await owner.Id("open-hooks").ClickAsync();

        // A URL: shown once, and it posts.
        await owner.Id("new-incoming").ClickAsync();
        await owner.Id("hook-name").FillAsync("CI");
        await owner.Id("hook-make").ClickAsync();
        var url = (await owner.Id("hook-secret").TextContentAsync())!;
        (await chat.Server.Anonymous.Post(new Uri(url).AbsolutePath, new { text = "green" })).Ok(201);
        await owner.Sees("green");

        // An address that is down: it is tested, switches itself off, says why, and is switched on again.
        await owner.Id("new-outgoing").ClickAsync();
        await owner.Id("hook-name").FillAsync("Builds");
        await owner.Id("hook-url").FillAsync(program.Address.ToString());
        await owner.Id("hook-make").ClickAsync();
        var outgoing = owner.Page.Locator("[data-testid=hook][data-kind=outgoing]");
        await outgoing.GetByTestId("hook-test").ClickAsync();
        await owner.Page.GetByText("The test arrived: it answered 204.").WaitForAsync();
        program.Answers.Enqueue(500);
        await ann.Post(room, "red");
        await Deadline.Until(() => !program.Refused.IsEmpty, "the delivery to be refused", TimeSpan.FromSeconds(30));
        await Deadline.Until(async () => (await ann.Http.Get($"rooms/{room}/hooks")).Ok(200)["items"][0].GetProperty("disabledAt").ValueKind is JsonValueKind.String, "the hook to be switched off", TimeSpan.FromSeconds(30));
        await owner.Page.GotoAsync($"/rooms/{room}/hooks");
        await Assertions.Expect(outgoing).ToHaveAttributeAsync("data-state", "off");
        await Assertions.Expect(outgoing).ToContainTextAsync("It answered 500.");
        await outgoing.GetByTestId("hook-enable").ClickAsync();
        await Assertions.Expect(outgoing).ToHaveAttributeAsync("data-state", "well");
        await program.Gets("red");

        // A command, as members use it.
        await owner.Id("new-commands").ClickAsync();
        await owner.Id("command-name").FillAsync("/deploy");
        await owner.Id("hook-url").FillAsync(program.Address + "deploy");
        await owner.Id("command-hint").FillAsync("version");
        await owner.Id("command-about").FillAsync("Deploys a version");
        await owner.Id("hook-make").ClickAsync();
        await owner.Page.Locator("[data-testid=hook][data-kind=commands]").WaitForAsync();

        await using var member = await SignedIn(bob, $"/rooms/{room}");
        member.Tolerate("the server responded with a status of 424");
        program.Says = d => d.Path == "/deploy" ? """{"text":"**1.2** is on its way"}""" : null;
        await member.Id("composer").FillAsync("/dep");
        await member.Id("completions").GetByText("/deploy version").WaitForAsync();
        await member.Id("composer").PressAsync("Enter");
        await member.Id("composer").PressSequentiallyAsync("1.2");
        await member.Id("composer").PressAsync("Enter");
        await member.Id("command-answer").Locator("strong").GetByText("1.2").WaitForAsync();
        await Assertions.Expect(member.Id("composer")).ToHaveValueAsync("");
        program.Says = d => d.Path == "/deploy" ? """{"text":"1.3 is live","show":"room"}""" : null;
        await member.Write("/deploy 1.3");
        await member.Sees("1.3 is live");
        await owner.Page.GotoAsync($"/rooms/{room}");
        await owner.Sees("1.3 is live");
        await Assertions.Expect(owner.Messages.Filter(new() { HasText = "is on its way" })).ToHaveCountAsync(0);

        // What goes wrong is told, and the text is still there. The hook to the same program has had its turn.
        await program.Gets("1.3 is live");
        program.Says = null;
        program.Answers.Enqueue(503);
        await member.Write("/deploy 1.4");
        await member.Page.GetByText("/deploy failed. It answered 503.").WaitForAsync();
        await Assertions.Expect(member.Id("composer")).ToHaveValueAsync("/deploy 1.4");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Hooks_and_bots_are_for_everybody_at_each_size(int width, ColorScheme scheme)
    {
        if (Screenshots.Folder is null && (width == 1280) != (scheme is ColorScheme.Dark))
        {
            return;
        }

        await using var admin = await chat.Server.Register("Root");
        var isAdmin = (await admin.Http.Get("auth/me")).Ok(200)["isAdmin"].GetBoolean();
        var room = await admin.CreateRoom("Builds");
        (await admin.Http.Post($"rooms/{room}/hooks/incoming", new { name = "CI" })).Ok(201);
        (await admin.Http.Post($"rooms/{room}/hooks", new { name = "Dashboard", url = "https://example.org/in" })).Ok(201);
        (await admin.Http.Post($"rooms/{room}/commands", new { name = "deploy", url = "https://example.org/deploy", hint = "version where", description = "Deploys a version" })).Ok(201);
        await using var device = await chat.Open(width, width == 360 ? 740 : 800, scheme);
        await device.LogIn(admin.Username);
        await device.Page.GotoAsync($"/rooms/{room}/hooks");
        await device.Id("hook").Nth(2).WaitForAsync();
        await Look("state-hooks");
        await device.Id("new-commands").ClickAsync();
        await device.Id("command-name").WaitForAsync();
        await Look("state-command-make");
        await device.Page.Keyboard.PressAsync("Escape");
        if (!isAdmin)
        {
            return;
        }

        await device.Page.GotoAsync("/settings/bots");
        await device.Id("bot").First.WaitForAsync();
        await device.Id("bot-new").ClickAsync();
        await device.Id("bot-username").FillAsync($"bot-{Guid.CreateVersion7().ToString("N")[^8..]}");
        await device.Id("scope-write").CheckAsync();
        await Look("state-bot-make");
        await device.Id("bot-make").ClickAsync();
        await device.Id("bot-token").WaitForAsync();
        await Look("bots");

        async Task Look(string name)
        {
            await device.FitsTheScreen();
            (await Accessibility.Findings(device)).ShouldBeEmpty(name);
            await Screenshots.Take(device, name, width.ToString(CultureInfo.InvariantCulture), scheme);
        }
    }

    private async Task<Device> SignedIn(Person person, string path)
    {
        var device = await chat.Open();
        await device.LogIn(person.Username);
        await device.Page.GotoAsync(path);
        await device.IsLive();
        return device;
    }
}
