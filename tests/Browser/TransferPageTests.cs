using System.Text;
using System.Text.RegularExpressions;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Chatctl;
using ChatMonolith.Tests.Encryption;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>Transfers in the browser: sent, opened by link and by account, encrypted, resumed; what the browser sends chatctl opens, and the other way round.</summary>
public sealed partial class TransferPageTests(BrowserServer chat) : IClassFixture<BrowserServer>, IDisposable
{
    private const string Passphrase = "three words, more or less";
    private const string Canary = "canary-7f21-in-the-clear";
    private const string CanaryName = "Canarienvogel 7f21.txt";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_stranger_with_link_and_password_downloads_an_encrypted_transfer_once_and_the_server_never_sees_what_it_is()
    {
        await using var ann = await chat.Server.Register("Tann");
        await PutKey(ann);
        await using var sender = await SignedIn(ann, "/transfers/sent");

        // Beyond what is held whole: it flows through the service worker.
        var large = Golden.Content(17_000_003);
        await Begin(sender, Write("large.bin", large), Write(CanaryName, Encoding.UTF8.GetBytes(Canary)));
        await sender.Id("send-encrypted").CheckAsync();
        await sender.Id("send-link").CheckAsync();
        await sender.Id("send-password").FillAsync("a password, told apart");
        await sender.Id("send-max").FillAsync("1");
        var link = await Finish(sender);

        await using var stranger = await chat.Open();
        await stranger.Page.GotoAsync(link);
        await stranger.Id("transfer-password").FillAsync("another");
        await stranger.Id("transfer-open").ClickAsync();
        await stranger.Page.GetByText("This password is wrong").WaitForAsync();
        await stranger.Id("transfer-password").FillAsync("a password, told apart");
        await stranger.Id("transfer-open").ClickAsync();
        await stranger.Page.GetByText("1 download left").WaitForAsync();
        await stranger.Page.GetByText(CanaryName).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await stranger.Id("transfer-decrypt").ClickAsync();
        await stranger.Page.GetByText(CanaryName).WaitForAsync();
        (await Save(stranger, 0)).ShouldBe(("large.bin", FilePeople.Sha256(large)));
        (await Save(stranger, 1)).ShouldBe((CanaryName, FilePeople.Sha256(Encoding.UTF8.GetBytes(Canary))));

        // Used up for the next one; this tab goes on, also after a reload.
        await using var late = await chat.Open();
        late.Tolerate("status of 410");
        await late.Page.GotoAsync(link);
        await late.Page.Locator("[data-testid=transfer-end][data-phase=over]").WaitForAsync();
        await late.Page.GetByText("all of its downloads are used").WaitForAsync();
        await stranger.Page.ReloadAsync();
        await stranger.Id("transfer-decrypt").ClickAsync();
        (await Save(stranger, 1)).ShouldBe((CanaryName, FilePeople.Sha256(Encoding.UTF8.GetBytes(Canary))));

        var sent = (await ann.Http.Get("transfers/sent")).Ok(200)["items"].EnumerateArray().Single(t => t.GetProperty("maxDownloads").ValueKind is System.Text.Json.JsonValueKind.Number);
        sent.GetProperty("downloadCount").GetInt32().ShouldBe(1);
        (await ann.Http.Get("files?box=mine")).Ok(200)["items"].GetArrayLength().ShouldBe(0, "the transfer has the bytes to itself");
        foreach (var secret in (string[])[Canary, "Canarienvogel", "a password, told apart", link[(link.LastIndexOf('#') + 1)..]])
        {
            chat.Server.Output.ShouldNotContain(secret);
            FilesWith(secret).ShouldBeEmpty(secret);
        }
    }

    [Fact]
    public async Task What_the_browser_sends_chatctl_opens_and_what_chatctl_sends_the_browser_opens()
    {
        await using var ann = await chat.Server.Register("Uann");
        await using var bob = await chat.Server.Register("Ubob");
        using var bobs = await PutKey(bob);
        await PutKey(ann);
        var plain = Golden.Content(300_007);
        await using var sender = await SignedIn(ann, "/transfers/sent");
        await Begin(sender, Write("Übersicht.pdf", plain), Write("empty", []));
        await sender.Id("send-to").FillAsync(bob.Username);
        await sender.Id("send-to-option").First.ClickAsync();
        await sender.Id("send-encrypted").CheckAsync();
        await sender.Page.Locator("[data-testid=recipient][data-key=unverified]").WaitForAsync();
        await sender.Id("send-link").CheckAsync();
        var link = await Finish(sender);
        var id = TransferId().Match(link).Groups["id"].Value;

        // To the account by its key, and by the link.
        var key = Write("bob.key", await Golden.Seal(bobs.ToPkcs8(), Recipient.Passphrase(Passphrase)));
        (await ChatctlRun.Run("receive", "--transfer", id, "--server", Url, "--login", bob.Username, "--password-file", Secret("login", bob.Password), "--key", key, "--passphrase-file", Secret("pass", Passphrase), "-o", folder["bob"])).Succeeds();
        (await ChatctlRun.Run("receive", "--link-file", Secret("link", link.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)), "-o", folder["stranger"])).Succeeds();
        foreach (var who in (string[])["bob", "stranger"])
        {
            (await File.ReadAllBytesAsync(Path.Combine(folder[who], "Übersicht.pdf"))).ShouldBe(plain);
            (await File.ReadAllBytesAsync(Path.Combine(folder[who], "empty"))).ShouldBeEmpty();
        }

        await sender.Id("sent-close").ClickAsync();
        await sender.Page.ReloadAsync();
        await sender.Page.Locator("[data-testid=receipt][data-downloaded=true]").WaitForAsync();

        // The other way: told live, opened with the key that is wrapped on the server.
        await using var reader = await SignedIn(bob, "/transfers/inbox");
        await Assertions.Expect(reader.Id("transfer")).ToHaveCountAsync(1);
        (await ChatctlRun.Run("send", Write("Antwort.bin", plain), "--server", Url, "--login", ann.Username, "--password-file", Secret("login", ann.Password), "--to", bob.Username)).Succeeds();
        await Assertions.Expect(reader.Id("transfer")).ToHaveCountAsync(2);
        await reader.Id("transfer-show").First.ClickAsync();
        await reader.Id("transfer-decrypt").ClickAsync();
        await reader.Id("unlock-secret").FillAsync(Passphrase);
        await reader.Id("unlock-confirm").ClickAsync();
        await reader.Id("transfer-download").WaitForAsync();
        (await Save(reader, 0)).ShouldBe(("Antwort.bin", FilePeople.Sha256(plain)));
    }

    [Fact]
    public async Task An_encrypted_transfer_goes_on_after_a_cut_and_a_reload_and_is_one_whole_file()
    {
        await using var ann = await chat.Server.Register("Vann");
        await PutKey(ann);
        var plain = Golden.Content(5_000_001);
        await using var sender = await SignedIn(ann, "/transfers/sent");
        sender.Tolerate("net::ERR_FAILED");
        var appended = 0;
        await sender.Page.RouteAsync("**/api/v1/uploads/*", route => route.Request.Method == "PATCH" && Interlocked.Increment(ref appended) > 2 ? route.AbortAsync() : route.ContinueAsync());
        await Begin(sender, Write("long.bin", plain));
        await sender.Id("send-encrypted").CheckAsync();
        await sender.Id("send-link").CheckAsync();
        await sender.Id("send-go").ClickAsync();
        await sender.Page.Locator("[data-testid=sending-file][data-cause=network]").WaitForAsync();
        await sender.Page.UnrouteAllAsync();
        await sender.Page.ReloadAsync();
        await sender.Id("sent-link").WaitForAsync();
        var link = await sender.Id("sent-link").TextContentAsync();

        await using var stranger = await chat.Open();
        await stranger.Page.GotoAsync(link!);
        await stranger.Id("transfer-decrypt").ClickAsync();
        (await Save(stranger, 0)).ShouldBe(("long.bin", FilePeople.Sha256(plain)));
    }

    [Fact]
    public async Task Files_from_a_locked_composer_are_for_the_members_who_have_a_key_and_for_those_whom_their_owner_adds_later()
    {
        await using var ann = await chat.Server.Register("Wann");
        await using var bob = await chat.Server.Register("Wbob");
        await PutKey(ann);
        var room = await ann.CreateRoom("Sealed", "private", bob);
        var plain = Golden.Content(70_000);
        await using var sender = await SignedIn(ann, $"/rooms/{room}");
        await sender.Id("lock").ClickAsync();
        await sender.Page.GetByText("no other member has a key yet").WaitForAsync();
        var chooser = await sender.Page.RunAndWaitForFileChooserAsync(() => sender.Id("attach").ClickAsync());
        await chooser.SetFilesAsync(Write("Geheim.bin", plain));
        await sender.Page.Locator("[data-testid=attachment][data-state=done]").WaitForAsync();
        await sender.Write("for us");
        await sender.Sees("for us");
        var file = (await bob.Http.Get($"rooms/{room}/messages?limit=1")).Ok(200)["items"][0].GetProperty("attachments");
        file.GetArrayLength().ShouldBe(2);
        file.ToString().ShouldNotContain("Geheim");
        file[0].GetProperty("encrypted").GetBoolean().ShouldBeTrue();

        // Bob makes his key afterwards: closed for him until its owner opens it to the members of now.
        await PutKey(bob);
        await using var reader = await SignedIn(bob, $"/rooms/{room}");
        await Unlock(reader);
        await reader.Page.GetByText("encrypted for a key that is not open here").WaitForAsync();
        await Unlock(sender);
        await Assertions.Expect(sender.Id("sealed-name")).ToHaveTextAsync("Geheim.bin");
        await sender.Id("sealed-reach").ClickAsync();
        await sender.Id("confirm").ClickAsync();
        await sender.Page.GetByText("All members who have a key can open it now").WaitForAsync();
        await Assertions.Expect(reader.Id("sealed-name")).ToHaveTextAsync("Geheim.bin");
        var download = await reader.Page.RunAndWaitForDownloadAsync(() => reader.Id("sealed-download").ClickAsync());
        download.SuggestedFilename.ShouldBe("Geheim.bin");
        FilePeople.Sha256(await File.ReadAllBytesAsync(await download.PathAsync())).ShouldBe(FilePeople.Sha256(plain));
    }

    [Fact]
    public async Task Nothing_is_encrypted_before_a_key_was_proven_recoverable_and_what_was_sent_can_be_taken_back()
    {
        await using var ann = await chat.Server.Register("Xann");
        await using var bob = await chat.Server.Register("Xbob");
        await using var sender = await SignedIn(ann, "/transfers/sent");
        await Begin(sender, Write("a.txt", "plain words"u8.ToArray()));
        await sender.Id("send-encrypted").ClickAsync();
        await sender.Page.GetByText("First a key of your own").WaitForAsync();
        await sender.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).Last.ClickAsync();
        await Assertions.Expect(sender.Id("send-encrypted")).Not.ToBeCheckedAsync();
        await sender.Id("send-go").ClickAsync();
        await sender.Page.GetByText("Choose a recipient, or a link").WaitForAsync();
        await sender.Id("send-to").FillAsync(bob.Username);
        await sender.Id("send-to-option").First.ClickAsync();
        await sender.Id("send-link").CheckAsync();
        await sender.Id("send-password").FillAsync("word");
        var link = await Finish(sender);
        await sender.Id("sent-close").ClickAsync();

        await using var stranger = await chat.Open();
        stranger.Tolerate("status of 404");
        stranger.Tolerate("status of 410");
        await stranger.Page.GotoAsync(link[..link.IndexOf('#', StringComparison.Ordinal)]);
        await stranger.Page.Locator("[data-testid=transfer-end][data-phase=incomplete]").WaitForAsync();
        await stranger.Page.GotoAsync($"/t/{Guid.CreateVersion7()}#{new string('a', 43)}");
        await stranger.Page.Locator("[data-testid=transfer-end][data-phase=unknown]").WaitForAsync();
        await stranger.InNewTab();
        await stranger.Page.GotoAsync(link);
        await stranger.Id("transfer-password").FillAsync("word");
        await stranger.Id("transfer-open").ClickAsync();
        (await Save(stranger, 0)).ShouldBe(("a.txt", FilePeople.Sha256("plain words"u8.ToArray())));
        await sender.Id("transfer-revoke").ClickAsync();
        await sender.Id("confirm").ClickAsync();
        await sender.Page.GetByText("Taken back").WaitForAsync();
        await stranger.InNewTab();
        await stranger.Page.GotoAsync(link);
        await stranger.Page.Locator("[data-testid=transfer-end][data-phase=over]").WaitForAsync();
    }

    public void Dispose() => folder.Dispose();

    private string Url => $"http://127.0.0.1:{chat.Server.Port}";

    /// <summary>A key as the client makes it, without its clicks.</summary>
    private static async Task<PrivateKey> PutKey(Person person)
    {
        var key = PrivateKey.Create();
        (await person.Http.Put("users/me/key", new
        {
            publicKey = Convert.ToBase64String(key.Public.ToSpki()),
            wrappedKey = Convert.ToBase64String(await Golden.Seal(key.ToPkcs8(), Recipient.Passphrase(Passphrase))),
            recoveryKey = Convert.ToBase64String(await Golden.Seal(key.ToPkcs8(), Recipient.Passphrase(RecoveryCode.Create()))),
        })).Ok(200);
        return key;
    }

    private async Task<Device> SignedIn(Person person, string path)
    {
        var device = await chat.Open();
        await device.LogIn(person.Username);
        await device.Page.GotoAsync(path);
        await device.IsLive();
        return device;
    }

    private static async Task Begin(Device device, params string[] files)
    {
        await device.Id("send-files").ClickAsync();
        await device.Id("send-choose").SetInputFilesAsync(files);
        await Assertions.Expect(device.Id("send-file")).ToHaveCountAsync(files.Length);
    }

    private static async Task<string> Finish(Device device)
    {
        await device.Id("send-go").ClickAsync();
        await device.Id("sent-done").WaitForAsync();
        return (await device.Id("sent-link").TextContentAsync())!;
    }

    private static async Task Unlock(Device device)
    {
        await device.Id("sealed-unlock").ClickAsync();
        await device.Id("unlock-secret").FillAsync(Passphrase);
        await device.Id("unlock-confirm").ClickAsync();
        await device.Id("unlock-secret").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    private static async Task<(string Name, string Sha256)> Save(Device device, int which)
    {
        await device.Id("transfer-download").Nth(which).WaitForAsync();
        var download = await device.Page.RunAndWaitForDownloadAsync(() => device.Id("transfer-download").Nth(which).ClickAsync());
        await device.Page.Locator("[data-testid=transfer-file]").Nth(which).And(device.Page.Locator("[data-state=done]")).WaitForAsync();
        return (download.SuggestedFilename, FilePeople.Sha256(await File.ReadAllBytesAsync(await download.PathAsync())));
    }

    /// <summary>What of the data folder, blobs, database and logs alike, holds the text.</summary>
    private IEnumerable<string> FilesWith(string text)
    {
        foreach (var file in Directory.EnumerateFiles(chat.Server.DataFolder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var kept = new MemoryStream();
            stream.CopyTo(kept);
            if (Encoding.Latin1.GetString(kept.GetBuffer(), 0, (int)kept.Length).Contains(text, StringComparison.Ordinal))
            {
                yield return file;
            }
        }
    }

    private string Secret(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text + "\n"));

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder[name], bytes);
        return folder[name];
    }

    [GeneratedRegex("/t/(?<id>[0-9a-f-]{36})#", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TransferId();
}
