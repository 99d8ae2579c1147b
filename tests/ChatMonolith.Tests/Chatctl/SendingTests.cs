using System.Text;
using System.Text.RegularExpressions;
using ChatMonolith.Tests.Encryption;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>send and receive against a real server: to a colleague, and by a link to somebody without an account.</summary>
public sealed partial class SendingTests(SqliteServer fixture) : ServerTests(fixture), IDisposable
{
    private const string Passphrase = "three words, more or less";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_colleague_and_a_stranger_with_the_link_get_what_was_sent_and_nobody_else()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        await using var eve = await Server.Register("eve");
        await Key(bob);
        await Key(eve);
        var plain = Write("Übersicht für niemanden.pdf", Golden.Content(20_000_003));
        var empty = Write("empty.txt", []);
        Write("word", "a password of the link"u8.ToArray());
        var sent = (await ChatctlRun.Run("send", plain, empty, "--server", Url, "--login", ann.Username, "--password-file", Secret("login", ann.Password), "--to", bob.Username, "--known", folder[bob.Username + ".pub"], "--link", "--link-password-file", folder["word"])).Succeeds();
        var transfer = TransferId().Match(sent.Output).Groups["id"].Value;

        (await ChatctlRun.Run("receive", "--transfer", transfer, "--server", Url, "--login", bob.Username, "--password-file", Secret("login", bob.Password), "--key", folder[bob.Username + ".key"], "--passphrase-file", folder["pass"], "-o", folder["bob"])).Succeeds();
        Write("link", Encoding.UTF8.GetBytes(Link().Match(sent.Output).Value));
        (await ChatctlRun.Run("receive", "--link-file", folder["link"], "--passphrase-file", folder["word"], "-o", folder["stranger"])).Succeeds();
        foreach (var who in (string[])["bob", "stranger"])
        {
            File.ReadAllBytes(Path.Combine(folder[who], "Übersicht für niemanden.pdf")).ShouldBe(Golden.Content(20_000_003));
            File.ReadAllBytes(Path.Combine(folder[who], "empty.txt")).ShouldBeEmpty();
            Directory.GetFiles(folder[who]).Length.ShouldBe(2);
        }

        // The link without its password, and a person it was not sent to, get nothing.
        (await ChatctlRun.Run("receive", "--link-file", folder["link"], "--passphrase-file", folder["pass"], "-o", folder["none"])).Refuses("");
        (await ChatctlRun.Run("receive", "--transfer", transfer, "--server", Url, "--login", eve.Username, "--password-file", Secret("login", eve.Password), "--key", folder[eve.Username + ".key"], "--passphrase-file", folder["pass"], "-o", folder["none"])).Refuses("");
        Directory.Exists(folder["none"]).ShouldBeFalse();

        // What the server shows of it has neither the name nor the type.
        var shown = (await ann.Http.Get("transfers/sent")).Ok(200).Text;
        shown.ShouldNotContain("bersicht");
        shown.ShouldContain("1.cmfile");

        // A109, A103: neither the server's log nor anything that it keeps holds the link's secret, its password, a passphrase or the name.
        var link = Link().Match(sent.Output).Value;
        string[] secrets = [link[(link.LastIndexOf('#') + 1)..], "a password of the link", Passphrase, "bersicht f"];
        secrets.ShouldAllBe(s => !Server.Output.Contains(s, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Server.DataFolder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var kept = new MemoryStream();
            await stream.CopyToAsync(kept);
            var text = Encoding.Latin1.GetString(kept.GetBuffer(), 0, (int)kept.Length);
            secrets.Where(s => text.Contains(s, StringComparison.Ordinal)).ShouldBeEmpty(file);
        }
    }

    [Fact]
    public async Task A_key_that_the_server_swapped_is_noticed_and_nothing_is_sent()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        await Key(bob);
        await MakeKey("real");
        var plain = Write("a", [1, 2, 3]);
        (await ChatctlRun.Run("send", plain, "--server", Url, "--login", ann.Username, "--password-file", Secret("login", ann.Password), "--to", bob.Username, "--known", folder["real.pub"])).ExitCode.ShouldBe(2);
        (await ann.Http.Get("files?box=mine")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        (await ChatctlRun.Run("send", plain, "--server", Url, "--login", ann.Username, "--password-file", Secret("login", ann.Password), "--to", ann.Username)).Refuses("has no key");
        (await ChatctlRun.Run("send", plain, "--server", "http://chat.example.org", "--login", ann.Username, "--to", bob.Username)).Refuses("is not an https address");
        (await ann.Http.Get("auth/sessions")).Ok(200)["items"].GetArrayLength().ShouldBe(1, "each command ends the session that it made");
    }

    public void Dispose() => folder.Dispose();

    private string Url => $"http://127.0.0.1:{Server.Port}";

    private async Task Key(Person person)
    {
        await MakeKey(person.Username);
        (await person.Http.Put("users/me/key", new
        {
            publicKey = File.ReadAllText(folder[person.Username + ".pub"]),
            wrappedKey = Convert.ToBase64String(File.ReadAllBytes(folder[person.Username + ".key"])),
            recoveryKey = Convert.ToBase64String(File.ReadAllBytes(folder[person.Username + ".recovery"])),
        })).Ok(200);
    }

    private async Task MakeKey(string name) => (await ChatctlRun.Run("keygen", "-o", folder[name], "--passphrase-file", Secret("pass", Passphrase), "--recovery")).Succeeds();

    private string Secret(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text + "\n"));

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder[name], bytes);
        return folder[name];
    }

    [GeneratedRegex("transfer: (?<id>[0-9a-f-]{36})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TransferId();

    [GeneratedRegex("http://[^ ]+/t/[0-9a-f-]{36}#[A-Za-z0-9_-]{43}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
