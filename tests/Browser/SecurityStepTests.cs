using System.Globalization;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>What the pages of one's own security look like on the way, step by step.</summary>
public class SecurityStepTests(MailedBrowser chat) : IClassFixture<MailedBrowser>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Each_step_is_for_everybody_at_each_size(int width, ColorScheme scheme)
    {
        // Without CHAT_SCREENSHOTS the two that differ in both are enough.
        if (Screenshots.Folder is null && (width == 1280) != (scheme is ColorScheme.Dark))
        {
            return;
        }

        await using var fay = await chat.Server.Register("Fay");
        await using var device = await chat.Open(width, width == 360 ? 740 : 800, scheme);
        await device.Page.GotoAsync("/forgot");
        await device.Id("forgot-email").FillAsync($"{fay.Username}@example.org");
        await Look("forgot");
        await device.Id("forgot-submit").ClickAsync();
        await device.Id("forgot-asked").WaitForAsync();
        await Look("state-forgot-asked");
        await device.Page.GotoAsync("/reset#nothing");
        await device.Id("reset-password").WaitForAsync();
        await Look("reset");
        await device.LogIn(fay.Username);
        var key = await VirtualAuthenticator.In(device);
        await device.Page.GotoAsync("/settings/security");
        await device.Id("totp-begin").WaitForAsync();
        await Look("security");
        await device.Id("passkey-add").ClickAsync();
        await device.Id("passkey-name").WaitForAsync();
        await Look("state-passkey-name");
        await device.Id("passkey-make").ClickAsync();
        await device.Id("codes-kept").WaitForAsync();
        await Look("state-recovery-codes");
        await device.Id("codes-kept").ClickAsync();
        await device.Id("totp-begin").ClickAsync();
        await device.Id("totp-code").WaitForAsync();
        await Look("state-totp");
        var secret = (await device.Id("totp-secret").GetAttributeAsync("data-secret"))!;
        await device.Id("totp-code").FillAsync(AppCode.Of(secret));
        await device.Id("codes-kept").ClickAsync();
        await Look("state-security-two");
        await device.Id("totp-remove").ClickAsync();
        await device.Id("totp-remove-code").WaitForAsync();
        await Look("state-totp-remove");
        await device.Page.Keyboard.PressAsync("Escape");
        await device.Page.GotoAsync("/settings/tokens");
        await device.Id("token-new").ClickAsync();
        await device.Id("token-name").FillAsync("Backup script");
        await device.Id("scope-read").CheckAsync();
        await Look("state-token-make");
        await device.Id("token-make").ClickAsync();
        await device.Id("token-secret").WaitForAsync();
        await Look("state-token-made");
        await device.Page.GotoAsync("/settings/account");
        await device.Id("account-change-email").ClickAsync();
        await Look("state-email-change");
        await device.Id("delete-account").ClickAsync();
        await device.Id("delete-account-name").WaitForAsync();
        await Look("state-account-delete");
        await device.Page.Keyboard.PressAsync("Escape");
        await key.IsLost();
        await SecurityTests.LogOut(device);
        await Look("login");
        await device.Id("login-name").FillAsync(fay.Username);
        await device.Id("login-password").FillAsync(fay.Password);
        await device.Id("login-submit").ClickAsync();
        await device.Id("login-code").WaitForAsync();
        await Look("state-second-factor");

        async Task Look(string name)
        {
            await device.FitsTheScreen();
            (await Accessibility.Findings(device)).ShouldBeEmpty(name);
            await Screenshots.Take(device, name, width.ToString(CultureInfo.InvariantCulture), scheme);
        }
    }
}
