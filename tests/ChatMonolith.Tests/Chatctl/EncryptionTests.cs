using System.Text.RegularExpressions;
using ChatMonolith.Tests.Encryption;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>keygen, encrypt, decrypt and inspect, as a person at a terminal uses them; no server is there.</summary>
public sealed partial class EncryptionTests : IDisposable
{
    private const string Passphrase = "three words, more or less";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_file_goes_to_two_people_and_each_opens_it_with_their_own_key()
    {
        await Keygen("ann");
        await Keygen("bob");
        var plain = Write("report.pdf", Golden.Content(3_000_000));
        (await Ctl("encrypt", plain, "--to", folder["ann.pub"], folder["bob.pub"])).Succeeds();
        (await Ctl("inspect", plain + ".cmfile", "--to", folder["bob.pub"])).Succeeds().Output.ShouldContain("3,000,000 bytes");
        foreach (var name in (string[])["ann", "bob"])
        {
            (await Ctl("decrypt", plain + ".cmfile", "--key", folder[name + ".key"], "--passphrase-file", folder["pass"], "-o", folder[name + ".out"])).Succeeds();
            File.ReadAllBytes(folder[name + ".out"]).ShouldBe(Golden.Content(3_000_000));
        }

        await Keygen("eve");
        (await Ctl("decrypt", plain + ".cmfile", "--key", folder["eve.key"], "--passphrase-file", folder["pass"], "-o", folder["eve.out"])).Refuses("damaged or not for this key");
        NothingIsLeft("eve.out");
    }

    [Fact]
    public async Task A_lost_passphrase_is_made_good_by_the_recovery_code()
    {
        Write("pass", System.Text.Encoding.UTF8.GetBytes(Passphrase + "\n"));
        var made = (await Ctl("keygen", "-o", folder["ann"], "--passphrase-file", folder["pass"], "--recovery")).Succeeds();
        var code = PrintedCode().Match(made.Output).Value;
        var plain = Write("a", Golden.Content(10));
        (await Ctl("encrypt", plain, "--to", folder["ann.pub"])).Succeeds();
        Write("code", System.Text.Encoding.UTF8.GetBytes(code.ToLowerInvariant()));
        (await Ctl("decrypt", plain + ".cmfile", "--key", folder["ann.recovery"], "--passphrase-file", folder["code"], "-o", folder["b"])).Succeeds();
        File.ReadAllBytes(folder["b"]).ShouldBe(Golden.Content(10));
        (await Ctl("keygen", "-o", folder["ann"], "--passphrase-file", folder["pass"])).Refuses("is there already");
    }

    [Fact]
    public async Task A_passphrase_or_a_link_opens_without_any_key()
    {
        Write("pass", System.Text.Encoding.UTF8.GetBytes(Passphrase));
        Write("word", "a password that is long"u8.ToArray());
        var plain = Write("a b.txt", Golden.Content(65_537));
        var made = (await Ctl("encrypt", plain, "--passphrase-file", folder["pass"], "--link", "--link-password-file", folder["word"])).Succeeds();
        (await Ctl("inspect", plain + ".cmfile")).Succeeds().Output.ShouldContain("and its password");
        (await Ctl("decrypt", plain + ".cmfile", "--passphrase-file", folder["pass"], "-o", folder["one"])).Succeeds();
        Write("link", System.Text.Encoding.UTF8.GetBytes("https://chat.example/t/1#" + Secret().Match(made.Output).Groups["secret"].Value));
        (await Ctl("decrypt", plain + ".cmfile", "--link-file", folder["link"], "--passphrase-file", folder["word"], "-o", folder["two"])).Succeeds();
        (await Ctl("decrypt", plain + ".cmfile", "--link-file", folder["link"], "--passphrase-file", folder["pass"], "-o", folder["three"])).Refuses("damaged or not for this key");
        foreach (var name in (string[])["one", "two"])
        {
            File.ReadAllBytes(folder[name]).ShouldBe(Golden.Content(65_537));
        }

        NothingIsLeft("three");
    }

    [Fact]
    public async Task Somebody_who_can_open_a_file_lets_another_one_open_it_too()
    {
        await Keygen("ann");
        await Keygen("bob");
        await Keygen("eve");
        var plain = Write("plan", Golden.Content(200_000));
        (await Ctl("encrypt", plain, "--to", folder["ann.pub"])).Succeeds();
        var sealedFile = plain + ".cmfile";
        var before = File.ReadAllBytes(sealedFile);
        (await Ctl("add-recipient", sealedFile, "--to", folder["eve.pub"], "--key", folder["eve.key"], "--passphrase-file", folder["pass"])).Refuses("damaged or not for this key");
        File.ReadAllBytes(sealedFile).ShouldBe(before);
        (await Ctl("add-recipient", sealedFile, "--to", folder["bob.pub"], "--key", folder["ann.key"], "--passphrase-file", folder["pass"])).Succeeds();
        File.ReadAllBytes(sealedFile).AsSpan()[^100_000..].SequenceEqual(before.AsSpan()[^100_000..]).ShouldBeTrue("the ciphertext stays");
        foreach (var name in (string[])["ann", "bob"])
        {
            (await Ctl("decrypt", sealedFile, "--key", folder[name + ".key"], "--passphrase-file", folder["pass"], "-o", folder[name + ".out"])).Succeeds();
            File.ReadAllBytes(folder[name + ".out"]).ShouldBe(Golden.Content(200_000));
        }
    }

    [Fact]
    public async Task C9_a_damaged_or_cut_file_leaves_nothing_under_any_name()
    {
        Write("pass", System.Text.Encoding.UTF8.GetBytes(Passphrase));
        var plain = Write("big", Golden.Content(4_000_000));
        (await Ctl("encrypt", plain, "--passphrase-file", folder["pass"])).Succeeds();
        var whole = File.ReadAllBytes(plain + ".cmfile");
        var before = Directory.GetFiles(folder.Root).Length;
        foreach (var (name, bytes) in ((string, byte[])[])[("cut", whole[..^1]), ("flipped", [.. whole[..3_500_000], (byte)(whole[3_500_000] ^ 1), .. whole[3_500_001..]]), ("more", [.. whole, 0]), ("empty", []), ("newer", [.. whole[..8], 2, .. whole[9..]])])
        {
            Write(name + ".cmfile", bytes);
            (await Ctl("decrypt", folder[name + ".cmfile"], "--passphrase-file", folder["pass"])).Refuses(name == "newer" ? "made by a newer version" : "damaged or not for this key");
            File.Delete(folder[name + ".cmfile"]);
            Directory.GetFiles(folder.Root).Length.ShouldBe(before);
        }

        (await Ctl("decrypt", plain + ".cmfile", "--passphrase-file", folder["pass"])).Refuses("is there already");
        File.ReadAllBytes(plain).ShouldBe(Golden.Content(4_000_000));
    }

    [Fact]
    public async Task A103_what_is_secret_is_readable_by_its_owner_alone_and_no_option_takes_a_secret()
    {
        await Keygen("ann");
        File.GetUnixFileMode(folder["ann.key"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder["ann.key"])).ShouldStartWith("CMFILE");
        foreach (var command in (string[])["keygen", "encrypt", "decrypt"])
        {
            (await Ctl(command, "--help")).Output.ShouldNotContain("<passphrase>");
        }

        var plain = Write("a", [1]);
        (await Ctl("encrypt", plain, "--passphrase", Passphrase)).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_in_one_line()
    {
        await Keygen("ann");
        var plain = Write("a", [1]);
        (await Ctl("encrypt", plain)).Refuses("Say who shall open it");
        (await Ctl("encrypt", folder["nothing"], "--to", folder["ann.pub"])).Refuses("cannot be read");
        (await Ctl("encrypt", plain, "--to", folder["ann.key"])).Refuses("ann.key");
        (await Ctl("encrypt", plain, "--to", folder["ann.pub"], "-o", folder["no/such/folder"])).Refuses("cannot be written");
        (await Ctl("decrypt", plain, "--key", folder["ann.key"])).Refuses(".cmfile");
        Write("short", "too short"u8.ToArray());
        (await Ctl("encrypt", plain, "--passphrase-file", folder["short"])).Refuses("at least 12 characters");
        (await Ctl("inspect", plain)).Refuses("damaged");
    }

    public void Dispose() => folder.Dispose();

    private static Task<ChatctlRun> Ctl(params string[] arguments) => ChatctlRun.Run(arguments);

    private async Task Keygen(string name)
    {
        Write("pass", System.Text.Encoding.UTF8.GetBytes(Passphrase + "\n"));
        (await Ctl("keygen", "-o", folder[name], "--passphrase-file", folder["pass"])).Succeeds().Output.ShouldContain("fingerprint:");
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder[name], bytes);
        return folder[name];
    }

    private void NothingIsLeft(string name)
    {
        File.Exists(folder[name]).ShouldBeFalse();
        Directory.GetFiles(folder.Root, ".*.part").ShouldBeEmpty();
    }

    [GeneratedRegex("([0-9A-Z]{4}-){7}[0-9A-Z]{4}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrintedCode();

    [GeneratedRegex("link secret: (?<secret>[A-Za-z0-9_-]{43}) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();
}
