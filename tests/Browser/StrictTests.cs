using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Where the server asks for more than a password.</summary>
public class StrictTests(StrictBrowser chat) : IClassFixture<StrictBrowser>
{
    [Fact]
    public async Task A_new_account_confirms_its_address_and_then_sets_up_a_second_factor_and_nothing_else()
    {
        await using var device = await chat.Open();
        device.Tolerate("the server responded with a status of 403");
        await device.Page.GotoAsync("/register");
        await device.Id("register-email").FillAsync("first@example.org");
        await device.Id("register-display-name").FillAsync("First");
        await device.Id("register-username").FillAsync("first");
        await device.Id("register-password").FillAsync("long copper kettle 47");
        await device.Id("register-submit").ClickAsync();
        await device.Id("verify-code").FillAsync((await chat.Mail.LetterTo("first@example.org", "confirm your email")).Code);
        await device.Id("owed-totp").WaitForAsync();
        await device.FitsTheScreen();
        (await Accessibility.Findings(device)).ShouldBeEmpty();

        // Whatever the address says, this comes first; a reload changes nothing.
        await device.Page.GotoAsync("/directory");
        await device.Id("owed-totp").ClickAsync();
        var secret = (await device.Id("totp-secret").GetAttributeAsync("data-secret"))!;
        await device.Id("totp-code").FillAsync(AppCode.Of(secret));
        await SecurityTests.KeepCodes(device);
        await device.IsLive();
        await device.Page.GetByRole(AriaRole.Heading, new() { Name = "Browse" }).First.WaitForAsync();
    }
}
