using ChatMonolith.Tests.Encryption;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

public sealed partial class TransferPageTests
{
    [Fact]
    public async Task Every_page_of_transfers_is_for_everybody_wide_and_narrow_light_and_dark()
    {
        await using var ann = await chat.Server.Register("Yann");
        await using var bob = await chat.Server.Register("Ybob");
        var file = await ann.Store("Ein ziemlich langer Name einer Datei, die jemand geschickt hat, und der nirgends endet.pdf", Golden.Content(70_000));
        var second = await ann.Store("notes.txt", "words"u8.ToArray());
        var open = (await ann.Http.Post("transfers", new { fileIds = new[] { file.GetProperty("id").GetGuid(), second.GetProperty("id").GetGuid() }, recipients = new[] { new { userId = bob.Id } }, message = "The figures for Thursday.\nPlease look at page 3.", maxDownloads = 5 })).Ok(201)["url"].GetString()!;
        var locked = (await ann.Http.Post("transfers", new { fileIds = new[] { file.GetProperty("id").GetGuid() }, password = "word" })).Ok(201)["url"].GetString()!;
        var folderOfPictures = Environment.GetEnvironmentVariable("CHAT_SCREENSHOTS") == "1" ? Path.Combine(Repository.Root, "docs", "screenshots") : null;
        var shown = folderOfPictures is null ? [(1280, ColorScheme.Light), (360, ColorScheme.Dark)] : from width in new[] { 1280, 360 } from scheme in new[] { ColorScheme.Light, ColorScheme.Dark } select (width, scheme);
        foreach (var (width, scheme) in shown)
        {
            await using var device = await chat.Open(width, width == 360 ? 740 : 800, scheme);
            device.Tolerate("status of 404");
            async Task Look(string name)
            {
                await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                await device.FitsTheScreen();
                (await Accessibility.Findings(device)).ShouldBeEmpty($"{name} {width} {scheme}");
                if (folderOfPictures is not null)
                {
                    await device.Page.ScreenshotAsync(new() { Path = Path.Combine(folderOfPictures, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png") });
                }
            }

            await device.Page.GotoAsync(open);
            await device.Id("transfer-download").First.WaitForAsync();
            await Look("transfer-public");
            await device.Page.GotoAsync(locked);
            await device.Id("transfer-password").WaitForAsync();
            await Look("transfer-password");
            await device.Page.GotoAsync($"/t/{Guid.CreateVersion7()}#{new string('a', 43)}");
            await device.Id("transfer-end").WaitForAsync();
            await Look("transfer-unknown");
            await device.LogIn(bob.Username);
            await device.Page.GotoAsync("/transfers/inbox");
            await device.Id("transfer").First.WaitForAsync();
            await Look("transfers-inbox");
            await device.Page.GotoAsync("/transfers/sent");
            await device.Page.GetByText("You have sent nothing yet").WaitForAsync();
            await Look("transfers-sent-empty");
            await device.Id("send-files").ClickAsync();
            await device.Id("send-choose").SetInputFilesAsync(Write("Plan.pdf", Golden.Content(70_000)));
            await device.Id("send-to").FillAsync(ann.Username);
            await device.Id("send-to-option").First.ClickAsync();
            await Look("transfer-send");
            await device.Page.Keyboard.PressAsync("Escape");
        }

        await using var own = await SignedIn(ann, "/transfers/sent");
        await Assertions.Expect(own.Id("transfer")).ToHaveCountAsync(2);
        await own.FitsTheScreen();
        (await Accessibility.Findings(own)).ShouldBeEmpty();
        if (folderOfPictures is not null)
        {
            await own.Page.ScreenshotAsync(new() { Path = Path.Combine(folderOfPictures, "transfers-sent-1280-light.png") });
        }
    }
}
