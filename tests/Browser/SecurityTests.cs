using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>An account's life as its owner sees it: invited, secured, lost and found, reset, ended.</summary>
public class SecurityTests(MailedBrowser chat) : IClassFixture<MailedBrowser>
{
    private const string Password = "long copper kettle 47";

    [Fact]
    public async Task A_letter_of_invitation_makes_an_account_with_its_address_and_another_is_confirmed_by_a_pasted_code()
    {
        await using var admin = await chat.Server.Register("Inviter");
        await using var host = await SignedIn(admin, "/directory");
        var address = $"new-{Guid.CreateVersion7():N}@example.org";
        await host.Id("invite-person").ClickAsync();
        await host.Id("invite-person-email").FillAsync(address);
        await host.Id("invite-person-message").FillAsync("Come in, there is tea.");
        await host.Id("invite-person-send").ClickAsync();
        await host.Page.GetByText("An invitation is on its way").WaitForAsync();
        var code = (await chat.Mail.LetterTo(address, "there is tea")).Secret;

        await using var guest = await chat.Open();
        await guest.Page.GotoAsync("/register#" + code);
        await guest.Id("register-display-name").FillAsync("Newcomer");
        await Assertions.Expect(guest.Id("register-email")).ToHaveCountAsync(0);
        var name = $"new-{Guid.CreateVersion7().ToString("N")[^8..]}";
        await guest.Id("register-username").FillAsync(name);
        await guest.Id("register-password").FillAsync(Password);
        await guest.Id("register-submit").ClickAsync();
        await guest.IsLive();
        await guest.Page.GotoAsync("/settings/account");
        await guest.Id("email-confirmed").WaitForAsync();

        // To another address: its code is pasted as a person copies it, and goes off by itself.
        var other = $"other-{Guid.CreateVersion7():N}@example.org";
        await guest.Id("account-change-email").ClickAsync();
        await guest.Id("account-new-email").FillAsync(other);
        await guest.Id("account-send-code").ClickAsync();
        await guest.Id("account-code").WaitForAsync();
        await Assertions.Expect(guest.Id("resend")).ToBeDisabledAsync();
        var letter = await chat.Mail.LetterTo(other);
        await guest.Id("account-code").EvaluateAsync("(e, text) => { e.value = text; e.dispatchEvent(new InputEvent('input', { bubbles: true })); }", $"your code: {letter.Code[..3]} {letter.Code[3..]}");
        await guest.Page.GetByText("Your address is confirmed").WaitForAsync();
        await Assertions.Expect(guest.Id("account-email")).ToContainTextAsync(other);

        // The link is spent.
        await using var second = await chat.Open();
        second.Tolerate("the server responded with a status of 410");
        await second.Page.GotoAsync("/register#" + code);
        await second.Id("register-display-name").FillAsync("Too late");
        await second.Id("register-username").FillAsync("too-late");
        await second.Id("register-password").FillAsync(Password);
        await second.Id("register-submit").ClickAsync();
        await second.Page.GetByText("This invitation was used").WaitForAsync();
    }

    [Fact]
    public async Task Passkey_and_app_are_set_up_the_phone_is_lost_and_a_recovery_code_leads_back_and_ends_the_other_sessions()
    {
        await using var ann = await chat.Server.Register("Ann");
        await using var device = await SignedIn(ann, "/settings/security");
        await Assertions.Expect(device.Id("security-state")).ToHaveAttributeAsync("data-state", "one");
        var phone = await VirtualAuthenticator.In(device);
        var codes = await AddPasskey(device, "My phone");
        codes.Length.ShouldBe(10);
        await Assertions.Expect(device.Id("security-state")).ToHaveAttributeAsync("data-state", "two");
        await Assertions.Expect(device.Id("passkey")).ToContainTextAsync("My phone");
        await device.Id("totp-begin").ClickAsync();
        var picture = device.Page.GetByAltText("QR code for your authenticator app");
        await picture.WaitForAsync();
        (await picture.EvaluateAsync<int>("async e => { await e.decode(); return e.naturalWidth; }")).ShouldBeGreaterThan(50, "the picture is one");
        var secret = (await device.Id("totp-secret").GetAttributeAsync("data-secret"))!;
        await device.Id("totp-code").FillAsync(AppCode.Of(secret));
        codes = await KeepCodes(device);

        // By the passkey alone, in a browser that does not offer it by itself: this phone would answer that before the button is pressed.
        await device.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)");
        await LogOut(device);
        await device.Id("login-passkey").ClickAsync();
        await device.Id("room-list").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await device.IsLive();

        // The phone is gone, and with it the passkey and the app.
        await phone.IsLost();
        await LogOut(device);
        await device.Id("login-name").FillAsync(ann.Username);
        await device.Id("login-password").FillAsync(Password);
        await device.Id("login-submit").ClickAsync();
        await device.Id("way-recovery").ClickAsync();
        await device.Id("login-recovery").FillAsync("2222-2222-2222-2222");
        await device.Id("second-submit").ClickAsync();
        await device.Id("form-error").WaitForAsync();
        await device.Id("login-recovery").FillAsync(codes[0].ToUpperInvariant());
        await device.Id("second-submit").ClickAsync();
        await device.IsLive();

        // Somebody else came in by another code; they are out, and the inbox has told of it all.
        using var stranger = new HttpCaller(chat.Server.Address);
        stranger.AccessToken = (await chat.Server.Anonymous.Post("auth/login", new { login = ann.Username, password = Password, code = codes[1] })).Ok(200)["accessToken"].GetString();
        (await stranger.Get("auth/me")).Ok(200);
        await device.Page.GotoAsync("/settings/sessions");
        await device.Id("end-others").ClickAsync();
        await device.Id("confirm").ClickAsync();
        await Assertions.Expect(device.Id("session")).ToHaveCountAsync(1);
        (await stranger.Get("auth/me")).Fails(401, "unauthenticated");
        await device.Id("settings-security").ClickAsync();
        await Assertions.Expect(device.Id("codes-left")).ToHaveTextAsync("8 of 10 left");
        await device.Page.GotoAsync("/inbox");
        await device.Id("notification").Filter(new() { HasText = "A recovery code was used" }).First.WaitForAsync();
        await device.Id("notification").Filter(new() { HasText = "new device" }).First.ClickAsync();
        await device.Id("security-state").WaitForAsync();
    }

    [Fact]
    public async Task A_forgotten_password_is_reset_by_a_link_that_works_once_and_the_second_factor_stays()
    {
        await using var bea = await chat.Server.Register("Bea");
        var address = $"{bea.Username}@example.org";
        (await chat.Server.Anonymous.Post("auth/email/verify", new { email = address, code = (await chat.Mail.LetterTo(address, "confirm your email")).Code })).Ok(204);
        var secret = (await bea.Http.Post("auth/2fa/totp")).Ok(200)["secret"].GetString()!;
        (await bea.Http.Post("auth/2fa/totp/confirm", new { code = AppCode.Of(secret) })).Ok(200);

        await using var device = await chat.Open();
        await device.Page.GotoAsync("/login");
        await device.Id("forgot").ClickAsync();
        await device.Id("forgot-email").FillAsync(address);
        await device.Id("forgot-submit").ClickAsync();
        await device.Id("forgot-asked").WaitForAsync();
        await Assertions.Expect(device.Id("resend")).ToBeDisabledAsync();
        var token = (await chat.Mail.LetterTo(address, "/reset#", limit: TimeSpan.FromSeconds(40))).Secret;
        await device.Page.GotoAsync("/reset#" + token);
        device.Tolerate("the server responded with a status of 400");
        await device.Id("reset-password").FillAsync("password");
        await device.Id("reset-submit").ClickAsync();
        await device.Page.Locator("#f-newPassword-error").WaitForAsync();
        await device.Id("reset-password").FillAsync("another copper kettle 48");
        await device.Id("reset-submit").ClickAsync();
        await device.Page.GetByText("Your password is changed").WaitForAsync();
        device.Page.Url.ShouldEndWith("/login", Case.Sensitive, "the secret has left the address");
        (await bea.Http.Get("auth/me")).Fails(401, "unauthenticated");

        // A wrong code is told in words, the right one goes off by itself.
        await device.Id("login-name").FillAsync(bea.Username);
        await device.Id("login-password").FillAsync("another copper kettle 48");
        await device.Id("login-submit").ClickAsync();
        await device.Id("login-code").FillAsync("000000");
        await device.Id("form-error").WaitForAsync();
        await device.Id("login-code").FillAsync(AppCode.Of(secret, later: 1));
        await device.IsLive();

        await device.Page.GotoAsync("/reset#" + token);
        await device.Id("reset-password").FillAsync("a third copper kettle 49");
        await device.Id("reset-submit").ClickAsync();
        await device.Id("reset-again").WaitForAsync();
    }

    [Fact]
    public async Task A_code_by_mail_and_a_passkey_are_second_factors_after_the_password_and_prove_who_is_there()
    {
        await using var cleo = await chat.Server.Register("Cleo");
        var address = $"{cleo.Username}@example.org";
        (await chat.Server.Anonymous.Post("auth/email/verify", new { email = address, code = (await chat.Mail.LetterTo(address, "confirm your email")).Code })).Ok(204);
        await using var device = await SignedIn(cleo, "/settings/security");
        var key = await VirtualAuthenticator.In(device);
        await AddPasskey(device, "Key");
        await key.IsPresent(false);
        await LogOut(device);
        await Begin();
        await device.Id("way-email").ClickAsync();
        await device.Id("login-code").FillAsync((await chat.Mail.LetterTo(address, "log in")).Code);
        await device.IsLive();
        await LogOut(device);
        await Begin();
        await key.IsPresent(true);
        await device.Id("second-passkey").ClickAsync();
        await device.IsLive();

        // Ten minutes later a step-up is asked for; here the server is told that they are over.
        await device.Page.RouteAsync("**/api/v1/auth/tokens", async route =>
        {
            if (route.Request.Method == "POST" && asked++ == 0)
            {
                await route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = """{"code":"step_up_required","status":403}""" });
            }
            else
            {
                await route.ContinueAsync();
            }
        });
        device.Tolerate("the server responded with a status of 403");
        await device.Page.GotoAsync("/settings/tokens");
        await device.Id("token-new").ClickAsync();
        await device.Id("token-name").FillAsync("Backup script");
        await device.Id("scope-read").CheckAsync();
        await device.Id("token-make").ClickAsync();
        await device.Id("step-up-passkey").ClickAsync();
        var token = (await device.Id("token-secret").TextContentAsync())!;
        using var script = new HttpCaller(chat.Server.Address) { AccessToken = token };
        (await script.Get("auth/me")).Ok(200)["username"].GetString().ShouldBe(cleo.Username);
        (await script.Post("rooms", new { type = "private", name = "no" })).Fails(403, "forbidden");
        await device.Id("token-end").ClickAsync();
        await device.Id("confirm").ClickAsync();
        await device.Page.GetByText("No tokens yet").WaitForAsync();
        (await script.Get("auth/me")).Status.ShouldBe(401);

        async Task Begin()
        {
            await device.Id("login-name").FillAsync(cleo.Username);
            await device.Id("login-password").FillAsync(Password);
            await device.Id("login-submit").ClickAsync();
            await device.Page.GetByRole(AriaRole.Heading, new() { Name = "Second factor" }).WaitForAsync();
        }
    }

    private int asked;

    [Fact]
    public async Task A112_a_copy_of_ones_data_is_fetched_once_and_the_account_ends_with_nothing_left_on_the_device()
    {
        // Whoever comes first to a server is its admin, and the last admin cannot go.
        await using var admin = await chat.Server.Register("Root");
        await using var dora = await chat.Server.Register("Dora");
        await using var device = await SignedIn(dora, "/settings/account");
        await device.Id("export-ask").ClickAsync();
        await device.Id("export-fetch").WaitForAsync(new() { Timeout = 60_000 });
        var download = await device.Page.RunAndWaitForDownloadAsync(() => device.Id("export-fetch").ClickAsync());
        await using (var zip = await System.IO.Compression.ZipFile.OpenReadAsync(await download.PathAsync()))
        {
            zip.Entries.ShouldContain(e => e.FullName.Contains("account", StringComparison.Ordinal));
        }

        await Assertions.Expect(device.Id("export")).ToHaveAttributeAsync("data-state", "fetched");
        await device.Id("delete-account").ClickAsync();
        await device.Id("delete-account-name").FillAsync("somebody else");
        await device.Id("delete-account-do").ClickAsync();
        await device.Page.GetByText("This is not your username").WaitForAsync();
        await device.Id("delete-account-name").FillAsync(dora.Username);
        await device.Id("delete-account-do").ClickAsync();
        await device.Id("login-name").WaitForAsync();
        (await dora.Http.Get("auth/me")).Status.ShouldBe(401);
        await Deadline.Until(async () => (await device.Page.EvaluateAsync<string[]>("async () => (await indexedDB.databases()).map(one => one.name)")).Length == 0, "nothing to be left on the device");
    }

    [Fact]
    public async Task A_second_factor_is_set_up_and_used_by_keyboard_alone()
    {
        await using var eve = await chat.Server.Register("Eve");
        await using var device = await chat.Open();
        var keys = device.Page.Keyboard;
        await device.Page.GotoAsync("/login");
        await LogInByKeys();
        await device.IsLive();
        await device.Page.GotoAsync("/settings/security");
        await device.Id("totp-begin").WaitForAsync();
        await TabTo("totp-begin");
        await keys.PressAsync("Enter");
        await device.Id("totp-secret").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var secret = (await device.Id("totp-secret").GetAttributeAsync("data-secret"))!;
        await TabTo("totp-code");
        await keys.TypeAsync(AppCode.Of(secret));
        await device.Id("codes-kept").WaitForAsync();
        await TabTo("codes-kept");
        await keys.PressAsync("Enter");
        await Assertions.Expect(device.Id("security-state")).ToHaveAttributeAsync("data-state", "two");
        await TabTo("settings-log-out");
        await keys.PressAsync("Enter");
        await device.Id("login-name").WaitForAsync();
        await LogInByKeys();
        await Assertions.Expect(device.Id("login-code")).ToBeFocusedAsync();
        await keys.TypeAsync(AppCode.Of(secret, later: 1));
        await device.IsLive();

        async Task LogInByKeys()
        {
            await Assertions.Expect(device.Id("login-name")).ToBeFocusedAsync();
            await keys.TypeAsync(eve.Username);
            await keys.PressAsync("Tab");
            await keys.TypeAsync(Password);
            await keys.PressAsync("Enter");
        }

        async Task TabTo(string testId)
        {
            for (var i = 0; i < 80; i++)
            {
                if (await device.Page.EvaluateAsync<string?>("document.activeElement?.dataset.testid") == testId)
                {
                    return;
                }

                await keys.PressAsync("Tab");
            }

            Assert.Fail($"Nobody comes to {testId} by the tab key.");
        }
    }

    [Fact]
    public async Task A8_secrets_are_masked_can_be_pasted_and_are_known_to_password_managers()
    {
        await using var device = await chat.Open();
        foreach (var (path, field, kind) in new[] { ("/login", "login-password", "current-password"), ("/register", "register-password", "new-password"), ("/reset#x", "reset-password", "new-password") })
        {
            await device.Page.GotoAsync(path);
            await Assertions.Expect(device.Id(field)).ToHaveAttributeAsync("type", "password");
            await Assertions.Expect(device.Id(field)).ToHaveAttributeAsync("autocomplete", kind);
            (await device.Id(field).EvaluateAsync<bool>("e => e.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() }))")).ShouldBeTrue("nothing keeps a password from being pasted");
        }
    }

    internal static async Task<string[]> AddPasskey(Device device, string name)
    {
        await device.Id("passkey-add").ClickAsync();
        await device.Id("passkey-name").FillAsync(name);
        await device.Id("passkey-make").ClickAsync();
        return await KeepCodes(device);
    }

    internal static async Task<string[]> KeepCodes(Device device)
    {
        await device.Id("recovery-codes").WaitForAsync();
        var codes = await device.Page.Locator(".recovery-list code").AllTextContentsAsync();
        var file = await device.Page.RunAndWaitForDownloadAsync(() => device.Id("codes-save").ClickAsync());
        (await File.ReadAllTextAsync(await file.PathAsync())).ShouldContain(codes[9]);
        await device.Id("codes-kept").ClickAsync();
        return [.. codes];
    }

    internal static async Task LogOut(Device device)
    {
        await device.Page.GotoAsync("/settings/security");
        await device.Id("settings-log-out").ClickAsync();
        await device.Id("login-name").WaitForAsync();
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
