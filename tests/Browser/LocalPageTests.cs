using System.Collections.Concurrent;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Encryption;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>The page that encrypts and decrypts without a server, in a real browser: its worker, its files, its policy.</summary>
public sealed class LocalPageTests(BrowserServer chat) : IClassFixture<BrowserServer>, IDisposable
{
    private const string Passphrase = "three words, more or less";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("chat-local-");

    [Fact]
    public async Task A_key_is_made_a_file_goes_through_it_and_nothing_is_asked_of_any_server()
    {
        await using var device = await Open();
        var requests = new ConcurrentQueue<string>();
        device.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                requests.Enqueue(request.Url);
            }
        };
        await device.Page.Context.SetOfflineAsync(true);

        await device.Id("local-keys").ClickAsync();
        await device.Id("key-name").FillAsync("ann");
        await device.Id("make-passphrase").FillAsync(Passphrase);
        await device.Id("make-again").FillAsync(Passphrase);
        await device.Id("make-go").ClickAsync();
        var privateKey = await Save(device, "save-private");
        var publicKey = await Save(device, "save-public");
        var recovery = await Save(device, "save-recovery");
        var code = await device.Id("recovery-code").TextContentAsync();

        var plain = Path.Combine(folder.FullName, "report 1.pdf");
        await File.WriteAllBytesAsync(plain, Golden.Content(3_000_001));
        await device.Id("local-encrypt").ClickAsync();
        await device.Id("encrypt-files").SetInputFilesAsync(plain);
        await device.Id("recipient-keys").SetInputFilesAsync(publicKey);
        await Assertions.Expect(device.Id("recipient")).ToHaveCountAsync(1);
        var encrypted = await Save(device, "encrypt-go");
        Path.GetFileName(encrypted).ShouldBe("report 1.pdf.cmfile");

        foreach (var (key, secret) in ((string, string?)[])[(privateKey, Passphrase), (recovery, code)])
        {
            await device.Id("local-decrypt").ClickAsync();
            await device.Id("decrypt-files").SetInputFilesAsync(encrypted);
            await device.Id("private-key").SetInputFilesAsync(key);
            await device.Id("decrypt-secret").FillAsync(secret!);
            (await File.ReadAllBytesAsync(await Save(device, "decrypt-go"))).ShouldBe(Golden.Content(3_000_001));
        }

        requests.ShouldBeEmpty();

        // What the browser made opens elsewhere, and the other way round.
        using var pair = PrivateKey.FromPkcs8(await Golden.Open(await File.ReadAllBytesAsync(privateKey), Opener.Passphrase(Passphrase)));
        (await Golden.Open(await File.ReadAllBytesAsync(encrypted), Opener.Key(pair))).ShouldBe(Golden.Content(3_000_001));
        pair.Public.ShouldBe(PublicKey.Parse(await File.ReadAllTextAsync(publicKey)));
    }

    [Fact]
    public async Task A_golden_file_opens_a_wrong_passphrase_and_a_damaged_one_are_told_and_leave_nothing()
    {
        await using var device = await Open();
        var sealedFile = Path.Combine(folder.FullName, "letter.txt.cmfile");
        var bytes = await Golden.Seal(Golden.Content(200_000), Recipient.Passphrase(Passphrase));
        await File.WriteAllBytesAsync(sealedFile, bytes);
        await device.Id("local-decrypt").ClickAsync();
        await device.Id("decrypt-files").SetInputFilesAsync(sealedFile);
        await device.Id("decrypt-secret").FillAsync("something else entirely");
        await device.Id("decrypt-go").ClickAsync();
        await device.Page.GetByText("damaged or not for this key").WaitForAsync();
        await device.Id("decrypt-secret").FillAsync(Passphrase);
        (await File.ReadAllBytesAsync(await Save(device, "decrypt-go"))).ShouldBe(Golden.Content(200_000));

        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(sealedFile, bytes);
        await device.Id("decrypt-files").SetInputFilesAsync(sealedFile);
        await device.Id("decrypt-secret").FillAsync(Passphrase);
        await device.Id("decrypt-go").ClickAsync();
        await Assertions.Expect(device.Page.Locator("[data-testid=task][data-state=failed]")).ToHaveCountAsync(1);
        var left = await device.Page.EvaluateAsync<int>("async () => { let n = 0; for await (const _ of (await navigator.storage.getDirectory()).keys()) n += 1; return n; }");
        left.ShouldBe(1, "only the whole file that was handed out");

        bytes[8] = 2;
        await File.WriteAllBytesAsync(sealedFile, bytes);
        await device.Id("decrypt-files").SetInputFilesAsync(sealedFile);
        await device.Page.GetByText("newer version").WaitForAsync();
    }

    [Fact]
    public async Task No_script_of_this_page_can_reach_any_server_not_even_from_its_worker()
    {
        await using var device = await Open();
        device.Tolerate("Content Security Policy");
        device.Tolerate("violates the following");
        device.Tolerate("Fetch API cannot load");
        (await device.Page.EvaluateAsync<string>("() => fetch('/api/v1/config').then(() => 'reached', () => 'refused')")).ShouldBe("refused");
        var header = (await chat.Server.Anonymous.Get("/local")).Ok(200).Header("content-security-policy")!;
        header.ShouldContain("connect-src 'none'");
        header.ShouldContain("form-action 'none'");
        var worker = device.Page.Workers.ShouldHaveSingleItem();
        worker.Url.ShouldEndWith("/local/worker.js");
        (await worker.EvaluateAsync<string>("() => fetch('/api/v1/config').then(() => 'reached', () => 'refused')")).ShouldBe("refused");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task The_page_is_for_everybody_in_two_languages(int width, ColorScheme scheme)
    {
        await using var device = await Open(width, scheme);
        foreach (var language in (string[])["en", "de"])
        {
            await device.Id("local-language").SelectOptionAsync(language);
            foreach (var part in (string[])["encrypt", "decrypt", "keys"])
            {
                await device.Id("local-" + part).ClickAsync();
                await device.FitsTheScreen();
                (await Accessibility.Findings(device)).ShouldBeEmpty($"{language} {part}");
            }
        }

        (await device.Page.TitleAsync()).ShouldBe("Verschlüsseln und entschlüsseln");
    }

    [Fact]
    public async Task It_works_without_a_network_once_the_chat_was_there()
    {
        await using var device = await chat.Open();
        await device.Page.GotoAsync("/login");
        await device.Page.EvaluateAsync("() => navigator.serviceWorker.ready");
        await device.Page.WaitForFunctionAsync("async () => Boolean(await caches.match('/local', { ignoreVary: true }))");
        await device.Page.Context.SetOfflineAsync(true);
        await device.Page.GotoAsync("/local");
        await device.Id("encrypt-go").WaitForAsync();
        device.Tolerate("Content Security Policy");
        device.Tolerate("violates the following");
        device.Tolerate("Fetch API cannot load");
        (await device.Page.EvaluateAsync<string>("() => fetch('/v/x').then(() => 'reached', () => 'refused')")).ShouldBe("refused");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<Device> Open(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var device = await chat.Open(width, 800, scheme);
        await device.Page.GotoAsync("/local");
        await device.Id("encrypt-go").WaitForAsync();
        await device.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        return device;
    }

    private async Task<string> Save(Device device, string testId)
    {
        var download = await device.Page.RunAndWaitForDownloadAsync(() => device.Id(testId).ClickAsync());
        var path = Path.Combine(folder.FullName, "saved", Guid.CreateVersion7().ToString("N"), download.SuggestedFilename);
        await download.SaveAsAsync(path);
        return path;
    }
}
