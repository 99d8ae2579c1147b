using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using Microsoft.Playwright;

namespace ChatMonolith.Tests.Browser;

/// <summary>A server that makes no thumbnails: the senders' browsers do.</summary>
public sealed class FilesServer : BrowserServer
{
    protected override Task<RunningServer> StartServer() => RunningServer.Start(Engine.Sqlite, ("Files:Thumbnails", "false"));
}

/// <summary>Files as people send, see and keep them.</summary>
public class FilesTests(FilesServer chat) : IClassFixture<FilesServer>
{
    [Fact]
    public async Task A_file_that_is_dropped_into_a_room_with_a_word_is_there_for_the_other_with_the_same_bytes()
    {
        await using var bob = await chat.Server.Register("Fbob");
        await using var ann = await chat.Server.Register("Fann");
        await bob.CreateRoom("Drops", "private", ann);
        await using var sender = await chat.Open();
        await using var reader = await chat.Open();
        await sender.LogIn(ann.Username);
        await sender.OpenRoom("Drops");
        await reader.LogIn(bob.Username);
        await reader.OpenRoom("Drops");

        await Drop(sender, ".stage", ("report.bin", "binary words"), ("notes.txt", "first line\nsecond line"));
        await Done(sender, 2);
        await sender.Write("Both of them");
        await reader.Sees("Both of them");
        var message = reader.Messages.Filter(new() { HasText = "Both of them" });
        await Assertions.Expect(message.GetByTestId("file-card")).ToHaveCountAsync(2);
        await Assertions.Expect(sender.Id("attachment")).ToHaveCountAsync(0);

        var download = await reader.Page.RunAndWaitForDownloadAsync(() => message.GetByTestId("file-download").First.ClickAsync());
        download.SuggestedFilename.ShouldBe("report.bin");
        (await File.ReadAllTextAsync(await download.PathAsync())).ShouldBe("binary words");

        await message.GetByTestId("file-open").Last.ClickAsync();
        await Assertions.Expect(reader.Id("viewer-text")).ToContainTextAsync("second line");
        await reader.Page.Keyboard.PressAsync("Escape");
        await reader.Id("viewer").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Assertions.Expect(message.GetByTestId("file-open").Last).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_pasted_picture_goes_alone_and_keeps_its_place_with_a_small_picture_that_the_sender_made()
    {
        await using var bob = await chat.Server.Register("Pbob");
        await using var ann = await chat.Server.Register("Pann");
        var room = await bob.CreateRoom("Pastes", "private", ann);
        await using var sender = await chat.Open();
        await sender.LogIn(ann.Username);
        await sender.OpenRoom("Pastes");
        await sender.Page.Locator("[data-testid=attach]:not([disabled])").WaitForAsync();
        await sender.Page.EvaluateAsync(
            """
            async () => {
              const canvas = new OffscreenCanvas(900, 300);
              const pen = canvas.getContext('2d');
              pen.fillStyle = 'teal';
              pen.fillRect(0, 0, 450, 300);
              const data = new DataTransfer();
              data.items.add(new File([await canvas.convertToBlob({ type: 'image/png' })], 'image.png', { type: 'image/png' }));
              document.querySelector('[data-testid=composer]').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """);
        await Done(sender, 1);
        await Assertions.Expect(sender.Id("attachment")).ToContainTextAsync("Picture 20");
        await sender.Id("send").ClickAsync();

        await using var reader = await chat.Open();
        await reader.LogIn(bob.Username);
        await reader.OpenRoom("Pastes");
        var picture = reader.Page.Locator(".file-picture img");
        await picture.WaitForAsync();
        await Assertions.Expect(picture).ToHaveJSPropertyAsync("complete", true);
        (await picture.EvaluateAsync<int>("one => one.naturalWidth")).ShouldBe(640);
        (await reader.Page.Locator(".picture-button").EvaluateAsync<int[]>("one => [one.offsetWidth, one.offsetHeight]")).ShouldBe([360, 120]);
        var shown = (await bob.History(room)).Single(m => m.GetProperty("attachments").GetArrayLength() == 1).GetProperty("attachments")[0];
        shown.GetProperty("hasThumbnail").GetBoolean().ShouldBeTrue();

        await reader.Id("file-open").ClickAsync();
        await Assertions.Expect(reader.Id("viewer-picture")).ToHaveJSPropertyAsync("naturalWidth", 900);
    }

    [Fact]
    public async Task Sixty_four_megabytes_go_on_through_two_cuts_and_a_reload_and_the_hash_agrees()
    {
        await using var ann = await chat.Server.Register("Bigann");
        var room = await ann.CreateRoom("Large things", "private");
        await using var device = await chat.Open();
        device.Tolerate("ERR_INTERNET_DISCONNECTED");
        device.Tolerate("ERR_NETWORK_CHANGED");
        device.Tolerate("WebSocket connection to");
        device.Tolerate("when fetching the script");
        await device.LogIn(ann.Username);
        await device.OpenRoom("Large things");
        await device.Page.Locator("[data-testid=attach]:not([disabled])").WaitForAsync();
        var line = await Line.Of(device);
        await line.Set(12_000_000);
        var hash = await device.Page.EvaluateAsync<string>(
            """
            async () => {
              const bytes = new Uint8Array(64 * 1024 * 1024);
              for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
              const data = new DataTransfer();
              data.items.add(new File([bytes], 'large.bin', { lastModified: 1 }));
              document.querySelector('.stage').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
              return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map(one => one.toString(16).padStart(2, '0')).join('');
            }
            """);
        await device.Write("Here it comes");
        await device.Page.Locator("[data-testid=message].unsent [data-testid=file-coming]").WaitForAsync();

        await Past(device, 2);
        await line.Set(12_000_000, offline: true);
        await device.Page.Locator("[data-testid=upload][data-cause=network]").WaitForAsync();
        await line.Set(12_000_000);
        await device.IsLive();
        await Past(device, 10);

        await device.Page.ReloadAsync();
        await device.IsLive();
        await Past(device, 20);
        await line.Set(12_000_000, offline: true);
        await device.Page.Locator("[data-testid=upload][data-cause=network]").WaitForAsync();
        await line.Set(-1);

        await device.Page.Locator("[data-testid=message]:not(.unsent) [data-testid=file-card]").WaitForAsync(new() { Timeout = 90_000 });
        await device.Sees("Here it comes");
        await device.Id("file-card").WaitForAsync();
        var message = (await ann.History(room)).Single();
        message.Text().ShouldBe("Here it comes");
        message.GetProperty("attachments")[0].String("sha256").ShouldBe(hash);
        (await Kept(device)).ShouldBe("0 0");
    }

    [Fact]
    public async Task An_upload_is_paused_gone_on_with_and_cancelled_and_logging_out_erases_what_was_kept()
    {
        await using var ann = await chat.Server.Register("Tray");
        await using var device = await chat.Open();
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync("/files");
        await device.Id("files-upload").WaitForAsync();
        var line = await Line.Of(device);
        await line.Set(1_000_000);
        await Drop(device, ".files-page", ("slow.bin", new string('x', 6_000_000)));
        await device.Id("upload-pause").ClickAsync();
        await device.Page.Locator("[data-testid=upload][data-state=paused]").WaitForAsync();
        (await Kept(device)).ShouldBe("1 1");
        await device.Page.ReloadAsync();
        await device.Page.Locator("[data-testid=upload][data-state=paused]").WaitForAsync();
        await device.Id("upload-resume").ClickAsync();
        await device.Page.Locator("[data-testid=upload]:is([data-state=running], [data-state=done])").WaitForAsync();
        await device.Page.Locator("[data-testid=upload][data-state=done]").WaitForAsync();
        await device.Id("file-row").Filter(new() { HasText = "slow.bin" }).WaitForAsync();
        await device.Id("upload-dismiss").ClickAsync();
        await device.Id("upload").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        await Drop(device, ".files-page", ("away.bin", new string('y', 6_000_000)), ("left.bin", new string('z', 6_000_000)));
        var away = device.Id("upload").Filter(new() { HasText = "away.bin" });
        await away.Locator("progress:not([value='0'])").WaitForAsync();
        await away.GetByTestId("upload-cancel").ClickAsync();
        await device.Id("confirm").ClickAsync();
        await Assertions.Expect(device.Id("upload")).ToHaveCountAsync(1);

        // The note of the cancelled one stays until the server has let go of it, too.
        await Deadline.Until(async () => await Kept(device) == "1 1", "the cancelled upload to be forgotten", TimeSpan.FromSeconds(30));
        await device.Id("me-menu").ClickAsync();
        await device.Id("log-out").ClickAsync();
        await device.Id("confirm").ClickAsync();
        await device.Id("login-name").WaitForAsync();
        (await Kept(device)).ShouldBe("0 0");
    }

    [Fact]
    public async Task The_page_of_files_finds_shares_versions_and_asks_before_it_deletes()
    {
        await using var bob = await chat.Server.Register("Lbob");
        await using var ann = await chat.Server.Register("Lann");
        var room = await bob.CreateRoom("Shelf", "private", ann);
        await ann.Store("plan of the house.txt", "walls"u8.ToArray());
        await ann.Store("other.txt", "else"u8.ToArray());
        await bob.Share(room, "from bob.txt", "hello"u8.ToArray());
        await using var device = await chat.Open();
        await device.LogIn(ann.Username);
        await device.Id("open-files").ClickAsync();
        await Assertions.Expect(device.Id("file-row")).ToHaveCountAsync(2);
        await Assertions.Expect(device.Id("quota")).ToContainTextAsync("2 files");
        await device.Id("files-search").FillAsync("HOUSE");
        await Assertions.Expect(device.Id("file-row")).ToHaveCountAsync(1);
        device.Page.Url.ShouldEndWith("/files?q=HOUSE");

        await device.Id("file-row-more").ClickAsync();
        await device.Id("file-share").ClickAsync();
        await device.Id("picker-input").FillAsync("Shelf");
        await device.Id("picker-option").Filter(new() { HasText = "Shelf" }).ClickAsync();
        await device.Page.GetByText("Shared with Shelf.").WaitForAsync();
        (await bob.History(room)).Count(m => m.GetProperty("attachments").GetArrayLength() == 1).ShouldBe(2);

        await device.Id("file-row-more").ClickAsync();
        await device.Id("file-details").ClickAsync();
        await device.Id("version").WaitForAsync();
        var chooser = await device.Page.RunAndWaitForFileChooserAsync(() => device.Id("new-version").ClickAsync());
        await chooser.SetFilesAsync(new FilePayload { Name = "plan of the house.txt", MimeType = "text/plain", Buffer = "walls and a roof"u8.ToArray() });
        await Assertions.Expect(device.Id("version")).ToHaveCountAsync(2);
        var older = await device.Page.RunAndWaitForDownloadAsync(() => device.Id("version-download").Last.ClickAsync());
        (await File.ReadAllTextAsync(await older.PathAsync())).ShouldBe("walls");
        await device.Id("details-delete").ClickAsync();
        await device.Page.GetByText("It leaves Shelf").WaitForAsync();
        await device.Page.GetByText("Its earlier version goes with it.").WaitForAsync();
        await device.Id("confirm").ClickAsync();
        await Assertions.Expect(device.Id("file-row")).ToHaveCountAsync(0);

        await device.Id("files-search").FillAsync("");
        await device.Id("box-received").ClickAsync();
        await Assertions.Expect(device.Id("file-row")).ToContainTextAsync("from bob.txt");
        (await ann.Http.Get("files?box=mine")).Ok()["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_gone_leaves_a_tombstone_where_its_card_stood()
    {
        await using var ann = await chat.Server.Register("Goneann");
        var room = await ann.CreateRoom("Losses", "private");
        await ann.Share(room, "lost.zip", [0x50, 0x4B, 3, 4, 0]);
        await using var device = await chat.Open();
        device.Tolerate("the server responded with a status of 410");
        await device.LogIn(ann.Username);
        await device.OpenRoom("Losses");
        await device.Id("file-card").WaitForAsync();
        foreach (var blob in Directory.EnumerateFiles(Path.Combine(chat.Server.DataFolder, "blobs"), "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length == 5))
        {
            File.Delete(blob);
        }

        await device.Id("file-download").ClickAsync();
        await Assertions.Expect(device.Id("file-gone")).ToContainTextAsync("not available any more");
    }

    [Fact]
    public async Task A_file_is_attached_sent_opened_and_found_by_keyboard_alone()
    {
        await using var ann = await chat.Server.Register("Keyann");
        await ann.CreateRoom("By keys", "private");
        await using var device = await chat.Open();
        var keys = device.Page.Keyboard;

        // Heard from the beginning: a key comes to the page sooner than the wish to hear of what it opens.
        var opened = new TaskCompletionSource<IFileChooser>(TaskCreationOptions.RunContinuationsAsynchronously);
        device.Page.FileChooser += (_, one) => opened.TrySetResult(one);
        await device.LogIn(ann.Username);
        await device.OpenRoom("By keys");
        await device.Page.Locator("[data-testid=attach]:not([disabled])").WaitForAsync();
        await device.Id("composer").FocusAsync();
        await keys.PressAsync("Control+u");
        var chooser = await opened.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await chooser.SetFilesAsync(new FilePayload { Name = "typed.txt", MimeType = "text/plain", Buffer = "by keys"u8.ToArray() });
        await Done(device, 1);
        await keys.PressAsync("Enter");
        await device.Id("file-card").WaitForAsync();
        await keys.PressAsync("Shift+ArrowUp");
        for (var i = 0; i < 5 && !await device.Id("file-open").EvaluateAsync<bool>("one => one === document.activeElement"); i++)
        {
            await keys.PressAsync("Tab");
        }

        await Assertions.Expect(device.Id("file-open")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(device.Id("viewer-text")).ToContainTextAsync("by keys");
        await Assertions.Expect(device.Id("viewer-text")).ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(device.Id("file-open")).ToBeFocusedAsync();
        await keys.PressAsync("Control+Shift+e");
        await device.Id("file-row").WaitForAsync();
        await device.Id("files-search").FocusAsync();
        await keys.PressAsync("ArrowDown");
        await Assertions.Expect(device.Id("file-row-open")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task No_name_and_no_content_of_a_file_runs_anything_and_the_worker_keeps_none_of_it()
    {
        await using var eve = await chat.Server.Register("Feve");
        await using var ann = await chat.Server.Register("Vann");
        var room = await eve.CreateRoom("Traps", "private", ann);
        var script = System.Text.Encoding.UTF8.GetBytes($"<html><body onload=\"{HostileTexts.Runs}\"><script>{HostileTexts.Runs}</script>");
        var drawing = System.Text.Encoding.UTF8.GetBytes($"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"{HostileTexts.Runs}\"><script>{HostileTexts.Runs}</script></svg>");
        (string Name, byte[] Bytes)[] files =
        [
            ("page.html", script), ("drawing.svg", drawing), ("page.png", script), ("<img src=x onerror=alert(1)>.txt", script), ("\"onmouseover=alert(1) x=\".txt", "plain"u8.ToArray()),
            ("javascript:alert(1)", "plain"u8.ToArray()), ("evil\u202Egnp.exe", [0x4D, 0x5A, 0, 0]), (new string('W', 200) + ".txt", "wide"u8.ToArray()), ("words.txt", System.Text.Encoding.UTF8.GetBytes("see <script>alert(1)</script> and <img src=x onerror=alert(1)>")),
        ];
        foreach (var (name, bytes) in files)
        {
            var upload = await eve.BeginUpload(bytes.Length, ("filename", name), ("roomId", room.ToString()), ("clientId", Person.NewClientId()));
            (await eve.Append(upload, 0, bytes)).Ok(204);
        }

        await using var device = await chat.Open(360, 740);
        await device.LogIn(ann.Username);
        await device.Page.GotoAsync($"/rooms/{room}");
        await Assertions.Expect(device.Id("file-card")).ToHaveCountAsync(files.Length);
        await device.FitsTheScreen();
        for (var i = 0; i < await device.Id("file-open").CountAsync(); i++)
        {
            await device.Id("file-open").Nth(i).ClickAsync();
            await device.Id("viewer-text").WaitForAsync();
            await device.FitsTheScreen();
            await device.Page.Keyboard.PressAsync("Escape");
        }

        await device.Page.GotoAsync("/files?box=received");
        await Assertions.Expect(device.Id("file-row")).ToHaveCountAsync(files.Length);
        await device.FitsTheScreen();
        (await device.Page.EvaluateAsync<int>("document.querySelectorAll('iframe, object, embed').length")).ShouldBe(0);
        (await device.Page.TitleAsync()).ShouldNotBe("PWNED");
        var kept = await device.Page.EvaluateAsync<string[]>("async () => (await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()).map(one => new URL(one.url).pathname)))).flat()");
        kept.ShouldNotContain(path => path.StartsWith("/api", StringComparison.Ordinal));
    }

    /// <summary>Drops files on what <paramref name="on"/> finds, as a person would from another window.</summary>
    private static async Task Drop(Device device, string on, params (string Name, string Text)[] files)
    {
        await device.Page.Locator($":has(> .drop-veil) {on}").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await device.Page.EvaluateAsync(
            """
            ({ on, files }) => {
              const data = new DataTransfer();
              for (const one of files) data.items.add(new File([one.text], one.name, { lastModified: 1 }));
              const target = document.querySelector(on);
              for (const type of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
            }
            """,
            new { on, files = files.Select(f => new { name = f.Name, text = f.Text }).ToArray() });
    }

    private static Task Done(Device device, int count) => Assertions.Expect(device.Page.Locator("[data-testid=attachment][data-state=done]")).ToHaveCountAsync(count);

    /// <summary>Waits until an upload has come so far, in percent.</summary>
    private static async Task Past(Device device, int percent) =>
        await device.Page.WaitForFunctionAsync("percent => document.querySelector('[data-testid=upload][data-state=running] progress')?.value * 100 >= percent", percent);

    /// <summary>Uploads and pieces of them that are kept on the device.</summary>
    private static Task<string> Kept(Device device) => device.Page.EvaluateAsync<string>(
        """
        () => new Promise(resolve => {
          const opening = indexedDB.open('chat');
          opening.onsuccess = () => {
            if (!opening.result.objectStoreNames.contains('bytes')) { opening.result.close(); return resolve('0 0'); }
            const transaction = opening.result.transaction(['uploads', 'bytes']);
            const [uploads, bytes] = ['uploads', 'bytes'].map(name => transaction.objectStore(name).count());
            transaction.oncomplete = () => { opening.result.close(); resolve(`${uploads.result} ${bytes.result}`); };
          };
        })
        """);

    /// <summary>The network of one tab; one session sets all of it, since of two the last one counts.</summary>
    private sealed record Line(ICDPSession Session)
    {
        public static async Task<Line> Of(Device device)
        {
            var session = await device.Page.Context.NewCDPSessionAsync(device.Page);
            await session.SendAsync("Network.enable");
            return new Line(session);
        }

        /// <param name="upload">Bytes a second; -1: as fast as it goes.</param>
        /// <param name="offline">There is none.</param>
        public async Task Set(int upload, bool offline = false) => await Session.SendAsync(
            "Network.emulateNetworkConditions", new() { ["offline"] = offline, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = upload });
    }
}
