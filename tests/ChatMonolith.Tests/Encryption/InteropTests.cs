using System.Diagnostics;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Encryption;

/// <summary>
/// Three programs, each of which opens what each has sealed: the product's C#, the browser's JavaScript (under Node), and the Python
/// program that was written from the specification alone.
/// </summary>
public class InteropTests
{
    private const string Passphrase = "Zwölf Boxkämpfer jagen Viktor";
    private const string Decomposed = "Zwo\u0308lf Boxka\u0308mpfer jagen Viktor";
    private const string Password = "quer über den Sylter Deich 🗝";
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    /// <summary>The first Python that has the library: another one may come before Debian's in the path.</summary>
    private static readonly Lazy<string> Python = new(() => ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(HasLibrary) ?? throw new InvalidOperationException("python3-cryptography is not installed; tools/test does it."));

    public static TheoryData<string, string, int> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string, int>();
            foreach (var sealer in (string[])["csharp", "javascript", "python"])
            {
                foreach (var opener in (string[])["csharp", "javascript", "python"])
                {
                    pairs.Add(sealer, opener, 100_000);
                }
            }

            pairs.Add("csharp", "javascript", 10 * 1024 * 1024);
            pairs.Add("javascript", "csharp", 10 * 1024 * 1024);
            pairs.Add("csharp", "python", 10 * 1024 * 1024);
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task What_one_program_seals_another_opens(string sealer, string opener, int size)
    {
        using var folder = new TemporaryFolder();
        var (plain, key, spki) = (folder["plain"], folder["key"], folder["spki"]);
        await File.WriteAllBytesAsync(plain, Golden.Content(size));
        using var pair = PrivateKey.Create();
        await File.WriteAllBytesAsync(key, pair.ToPkcs8());
        await File.WriteAllBytesAsync(spki, pair.Public.ToSpki());
        await File.WriteAllBytesAsync(folder["sealed"], sealer == "csharp" ? await Sealed(pair, plain) : await Run(sealer, ["seal", "--to", spki, "--pass", Passphrase, "--link", Convert.ToHexString(Secret), "--password", Password, plain]));
        foreach (var (arguments, how) in ((string[], Opener)[])
            [
                (["--key", key], Opener.Key(pair)),
                (["--pass", Decomposed], Opener.Passphrase(Passphrase)),
                (["--link", Convert.ToHexString(Secret), "--password", Password], Opener.Link(Secret, Password)),
            ])
        {
            var opened = opener == "csharp" ? await Golden.Open(await File.ReadAllBytesAsync(folder["sealed"]), how) : await Run(opener, ["open", .. arguments, folder["sealed"]]);
            opened.AsSpan().SequenceEqual(Golden.Content(size)).ShouldBeTrue($"{sealer} to {opener} by {arguments[0]}");
        }
    }

    [Fact]
    public async Task The_independent_reader_opens_every_golden_file_and_refuses_the_whole_corpus()
    {
        var said = System.Text.Encoding.UTF8.GetString(await Run("python", ["check", Golden.Folder]));
        said.ShouldContain(" passed, 0 failed");
    }

    private static async Task<byte[]> Sealed(PrivateKey pair, string plain)
    {
        var link = LinkSecret.From(Secret, new byte[32], Iterations.Written, Password);
        return await Golden.Seal(await File.ReadAllBytesAsync(plain), Recipient.Key(pair.Public), Recipient.Passphrase(Passphrase), Recipient.Link(link));
    }

    private static bool HasLibrary(string python)
    {
        using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import cryptography"]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static async Task<byte[]> Run(string language, string[] arguments)
    {
        var (program, script) = language == "python" ? (Python.Value, "cmfile.py") : ("node", "open.mjs");
        var start = new ProcessStartInfo(program, [Path.Combine(Repository.Root, "tests", "encryption", script), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{language}: {await errors}");
        return output.ToArray();
    }
}
