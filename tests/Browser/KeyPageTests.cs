using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Encryption;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Keys for encrypted files in the client: made, proven, opened on another device, compared, changed.</summary>
public class KeyPageTests(BrowserServer chat) : IClassFixture<BrowserServer>
{
    private const string Passphrase = "three words, more or less";

    [Fact]
    public async Task A_key_is_used_only_once_its_recovery_kit_was_entered_again_and_a_second_device_opens_it()
    {
        await using var ann = await chat.Server.Register("Ann");
        await using var device = await SignedIn(ann, "/settings/keys");
        var code = await Make(device, Passphrase);

        // Not from memory: another code is refused, and until the right one nothing has reached the server.
        await device.Id("recovery-again").FillAsync(code[..^1] + (code[^1] == 'A' ? 'B' : 'A'));
        await device.Id("key-prove").ClickAsync();
        await device.Page.GetByText("This is not the code above").WaitForAsync();
        (await ann.Http.Get("users/me/keys")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        await device.Id("recovery-again").FillAsync(code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal));
        await device.Id("key-prove").ClickAsync();
        await device.Page.Locator("[data-testid=key-state][data-state=open]").WaitForAsync();
        var print = await device.Id("fingerprint").GetAttributeAsync("data-fingerprint");
        (await ann.Http.Get("auth/me")).Ok(200)["keyFingerprint"].GetString().ShouldBe(print);

        // Both copies are what they say.
        var item = (await ann.Http.Get("users/me/keys")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        using var pair = PrivateKey.FromPkcs8(await Golden.Open(item.GetProperty("wrappedKey").GetBytesFromBase64(), Opener.Passphrase(Passphrase)));
        pair.Public.Fingerprint.ShouldBe(print);
        (await Golden.Open(item.GetProperty("recoveryKey").GetBytesFromBase64(), Opener.Passphrase(RecoveryCode.Read(code)!))).ShouldBe(pair.ToPkcs8());

        await using var second = await SignedIn(ann, "/settings/keys");
        await second.Page.Locator("[data-testid=key-state][data-state=locked]").WaitForAsync();
        await second.Id("key-unlock").ClickAsync();
        await second.Id("unlock-secret").FillAsync("not this one at all");
        await second.Id("unlock-confirm").ClickAsync();
        await second.Page.GetByText("neither the passphrase nor the recovery code").First.WaitForAsync();
        await second.Id("unlock-secret").FillAsync(code);
        await second.Id("unlock-confirm").ClickAsync();
        await second.Page.Locator("[data-testid=key-state][data-state=open]").WaitForAsync();

        // A lost passphrase is replaced by means of the code.
        await second.Id("change-passphrase").ClickAsync();
        await second.Id("old-passphrase").FillAsync(code);
        await second.Id("key-passphrase").FillAsync("quite another passphrase");
        await second.Id("key-again").FillAsync("quite another passphrase");
        await second.Id("passphrase-save").ClickAsync();
        await second.Page.GetByText("The passphrase is changed").WaitForAsync();
        var changed = (await ann.Http.Get("users/me/keys")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        (await Golden.Open(changed.GetProperty("wrappedKey").GetBytesFromBase64(), Opener.Passphrase("quite another passphrase"))).ShouldBe(pair.ToPkcs8());
    }

    [Fact]
    public async Task A_fingerprint_is_compared_and_a_changed_key_is_announced()
    {
        await using var ann = await chat.Server.Register("Ann");
        await using var bob = await chat.Server.Register("Bob");
        await ann.DirectRoomWith(bob);
        using var first = PrivateKey.Create();
        using var other = PrivateKey.Create();
        await Set(bob, first);
        await using var device = await SignedIn(ann, $"/people/{bob.Id}");
        await device.Page.Locator("[data-testid=person-key][data-standing=unverified]").WaitForAsync();
        await device.Id("compare-key").ClickAsync();
        await Assertions.Expect(device.Id("fingerprint")).ToHaveAttributeAsync("data-fingerprint", first.Public.Fingerprint);
        (await device.Id("fingerprint").TextContentAsync())!.Trim().ShouldBe(first.Public.FingerprintGroups);
        await device.Id("verify").ClickAsync();
        await device.Page.Locator("[data-testid=person-key][data-standing=verified]").WaitForAsync();

        await Set(bob, other);
        await device.Page.GetByText("is another one than you compared").First.WaitForAsync();
        await device.Page.Locator("[data-testid=person-key][data-standing=changed]").WaitForAsync();
        await device.Id("compare-key").ClickAsync();
        await device.Page.Locator(".callout.warn").WaitForAsync();
        await device.Id("verify").ClickAsync();
        await device.Page.Locator("[data-testid=person-key][data-standing=verified]").WaitForAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    public async Task The_page_of_keys_is_for_everybody(int width, ColorScheme scheme)
    {
        await using var ann = await chat.Server.Register("Ann");
        await using var device = await chat.Open(width, 800, scheme);
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync("/settings/keys");
        await device.Id("key-make").WaitForAsync();
        await device.FitsTheScreen();
        (await Accessibility.Findings(device)).ShouldBeEmpty();
        var code = await Make(device, Passphrase);
        await device.FitsTheScreen();
        (await Accessibility.Findings(device)).ShouldBeEmpty();
        await device.Id("recovery-again").FillAsync(code);
        await device.Id("key-prove").ClickAsync();
        await device.Id("key-state").WaitForAsync();
        await device.FitsTheScreen();
        (await Accessibility.Findings(device)).ShouldBeEmpty();
    }

    private static async Task<string> Make(Device device, string passphrase)
    {
        await device.Id("key-passphrase").FillAsync(passphrase);
        await device.Id("key-again").FillAsync(passphrase);
        await device.Id("key-make").ClickAsync();
        return (await device.Id("recovery-code").TextContentAsync())!;
    }

    private static async Task Set(Person person, PrivateKey key) => (await person.Http.Put("users/me/key", new
    {
        publicKey = Convert.ToBase64String(key.Public.ToSpki()),
        wrappedKey = Convert.ToBase64String(await Golden.Seal(key.ToPkcs8(), Recipient.Passphrase("a"))),
        recoveryKey = Convert.ToBase64String(await Golden.Seal(key.ToPkcs8(), Recipient.Passphrase("b"))),
    })).Ok(200);

    private async Task<Device> SignedIn(Person person, string path)
    {
        var device = await chat.Open();
        await device.LogIn(person.Username);
        await device.Page.GotoAsync(path);
        await device.IsLive();
        return device;
    }
}
