using System.IO.Compression;
using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>
/// Archives that no honest program writes (hardening A58, B25): each is refused in one line or told of in the report, before anything is
/// made, and nothing appears outside.
/// </summary>
public sealed class HostileArchiveTests
{
    private const int UnixLink = 0xA1FF << 16;

    [Fact]
    public async Task A58_B25_an_archive_that_leads_out_of_itself_is_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        var work = Directory.CreateDirectory(folder["deep"]).FullName;
        var refused = new (string Reason, Action<ZipArchive> More)[]
        {
            ("leads out of it", zip => Put(zip, "../../escaped.txt")),
            ("leads out of it", zip => Put(zip, @"..\..\escaped.txt")),
            ("leads out of it", zip => Put(zip, "data/./../../escaped.txt")),
            ("leads out of it", zip => Put(zip, "/tmp/escaped.txt")),
            ("leads out of it", zip => Put(zip, @"C:\escaped.txt")),
            ("leads out of it", zip => Put(zip, "bad\u0007name")),
            ("two entries of one name", zip => Put(zip, "users.json")),
            ("two entries of one name", zip => { Put(zip, "x/a.json"); Put(zip, @"x\a.json"); }),
            ("has a link in it", zip => Put(zip, "link").ExternalAttributes = UnixLink),
        };
        await Task.WhenAll(refused.Select(async (r, i) =>
        {
            var archive = Slack().Zip(Path.Combine(work, $"{i}.zip"), r.More);
            (await ChatctlRun.Run("import", "slack", archive, "--data", Path.Combine(work, "data" + i))).Refuses(r.Reason);
            Directory.Exists(Path.Combine(work, "data" + i)).ShouldBeFalse();
        }));
        Directory.EnumerateFileSystemEntries(folder.Root).ShouldBe([work]);
    }

    [Fact]
    public async Task A58_what_inflates_without_measure_lies_about_its_length_or_overlaps_is_not_unpacked()
    {
        using var folder = new TemporaryFolder();
        var overlapping = Overlapping(Slack().Add("__uploads/F1/a.bin", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 4_000).Select(i => i.ToString("x5", System.Globalization.CultureInfo.InvariantCulture))))).Zip(folder["overlap.zip"]));
        (await ChatctlRun.Run("import", "slack", overlapping, "--dry-run")).Refuses("overlap");

        // 80 MB of nothing in some 80 KB.
        var bomb = Slack(File("F1", "bomb.bin")).Zip(folder["bomb.zip"], zip =>
        {
            using var entry = zip.CreateEntry("__uploads/F1/bomb.bin", CompressionLevel.Optimal).Open();
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 80; i++)
            {
                entry.Write(zeros);
            }
        });
        (await ChatctlRun.Run("import", "slack", bomb, "--dry-run", "--report", folder["bomb.json"])).Succeeds();
        Imported.Report(folder["bomb.json"]).Places("file.bomb").ShouldBe(["general/2024-01-01.json#1"]);

        // An entry that says less than it holds is damage; the message comes without it.
        var liar = Slack(File("F1", "liar.bin")).Add("__uploads/F1/liar.bin", new byte[100_000]).Zip(folder["liar.zip"]);
        Claim(liar, "__uploads/F1/liar.bin", 10);
        await using var server = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.Within(server, "import", "slack", liar, "--report", folder["liar.json"])).Succeeds();
        Imported.Report(folder["liar.json"]).Places("file.unreadable").ShouldBe(["__uploads/F1/liar.bin"]);
        Imported.Report(folder["liar.json"]).Came("messages").ShouldBe(1);
        new FileInfo(Path.Combine(server.DataFolder, "chat.db")).Length.ShouldBeGreaterThan(0);
        Directory.EnumerateFiles(Path.Combine(server.DataFolder, "blobs"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_export_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var text = folder["text.zip"];
        await System.IO.File.WriteAllTextAsync(text, "no zip at all");
        var runs = new (string Kind, string Path, string Reason)[]
        {
            ("slack", text, "cannot be read as a zip file"),
            ("slack", folder["nowhere.zip"], "There is no"),
            ("slack", new ForeignArchive().Add("a.txt", "a").Zip(folder["other.zip"]), "no users.json"),
            ("slack", new ForeignArchive().Add("users.json", "[{\"id\":\"U1\"").Zip(folder["cut.zip"]), "users.json#1 cannot be read"),
            ("slack", new ForeignArchive().Add("users.json", new string('[', 500)).Zip(folder["nested.zip"]), "nested deeper"),
            ("mattermost", new ForeignArchive().Add("a.txt", "a").Zip(folder["none.zip"]), "no .jsonl file"),
            ("mattermost", new ForeignArchive().Lines("import.jsonl", """{"type":"version","version":2}""").Zip(folder["version.zip"]), "another version"),
            ("mattermost", new ForeignArchive().Add("import.jsonl", Encoding.Unicode.GetBytes("{\"type\":\"version\",\"version\":1}\n")).Zip(folder["utf16.zip"]), "not in UTF-8"),
            ("mattermost", new ForeignArchive().Lines("import.jsonl", """{"type":"team"}""").Zip(folder["first.zip"]), "does not say a version"),
        };
        await Task.WhenAll(runs.Select(async r => (await ChatctlRun.Run("import", r.Kind, r.Path, "--dry-run")).Refuses(r.Reason)));
        (await ChatctlRun.Run("import", "slack", text)).Refuses("--dry-run");
    }

    private static object File(string id, string name) => new { id, name };

    private static ForeignArchive Slack(params object[] files) => new ForeignArchive()
        .Json("users.json", new object[] { new { id = "U1", name = "ann", profile = new { real_name = "Ann" } } })
        .Json("channels.json", new object[] { new { id = "C1", name = "general", is_general = true, members = new[] { "U1" } } })
        .Json("general/2024-01-01.json", new object[] { new { type = "message", user = "U1", ts = "1704100000.000100", text = "hello", files } });

    private static ZipArchiveEntry Put(ZipArchive zip, string name)
    {
        var entry = zip.CreateEntry(name);
        using var stream = entry.Open();
        stream.WriteByte((byte)'x');
        return entry;
    }

    /// <summary>Lists one entry of the archive several times under other names: all of them lead to the same bytes.</summary>
    private static string Overlapping(string path)
    {
        var bytes = System.IO.File.ReadAllBytes(path);
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        var first = BitConverter.ToInt32(bytes, end + 16);
        var last = bytes.AsSpan(0, end).LastIndexOf("PK\u0001\u0002"u8);
        var record = bytes[last..end];
        using var made = new MemoryStream();
        made.Write(bytes, 0, end);
        for (var i = 1; i <= 9; i++)
        {
            record[45 + BitConverter.ToUInt16(record, 28)] = (byte)('A' + i);
            made.Write(record);
        }

        var tail = bytes[end..];
        var count = (ushort)(BitConverter.ToUInt16(tail, 8) + 9);
        BitConverter.TryWriteBytes(tail.AsSpan(8), count);
        BitConverter.TryWriteBytes(tail.AsSpan(10), count);
        BitConverter.TryWriteBytes(tail.AsSpan(12), end - first + (9 * record.Length));
        made.Write(tail);
        System.IO.File.WriteAllBytes(path, made.ToArray());
        return path;
    }

    /// <summary>Changes the length that the archive's list says an entry has.</summary>
    private static void Claim(string path, string name, int length)
    {
        var bytes = System.IO.File.ReadAllBytes(path);
        var at = bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(name));
        BitConverter.TryWriteBytes(bytes.AsSpan(at - 46 + 24), length);
        System.IO.File.WriteAllBytes(path, bytes);
    }
}
