using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>
/// Makes exports as Mattermost and Slack make them, of any size: 500 people in 100 channels, an eighth of the messages in threads, each
/// tenth with a reaction, each twentieth with a mention, bold text and a link, each thousandth with a file.
/// </summary>
internal static class ForeignExports
{
    private const int People = 500;
    private const int Channels = 100;
    private const long Start = 1_600_000_000;
    private static readonly string[] First = ["U1"];
    private static readonly string[] Vocabulary =
        [.. "the of and to a in is it you that he was for on are with as his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under name very through just form much great think say help low line before turn cause same mean differ move right boy old too does tell sentence set three want air well also play small end put home read hand port large spell add even land here must big high such follow act why ask men change went light kind off need house picture try us again animal point mother world near build self earth father".Split(' ')];

    public static int Write(string kind, int messages, string path)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        if (kind == "mattermost")
        {
            Mattermost(zip, messages);
        }
        else
        {
            Slack(zip, messages);
        }

        return 0;
    }

    private static void Mattermost(ZipArchive zip, int messages)
    {
        using (var writer = new StreamWriter(zip.CreateEntry("import.jsonl", CompressionLevel.Fastest).Open()))
        {
            Line(writer, "version", 1);
            Line(writer, "team", new { name = "bench", display_name = "Bench", type = "O" });
            Line(writer, "channel", new { team = "bench", name = "town-square", display_name = "Town Square", type = "O", header = "", purpose = "" });
            for (var c = 0; c < Channels; c++)
            {
                Line(writer, "channel", new { team = "bench", name = "c" + c, display_name = "Channel " + c, type = c % 2 == 0 ? "O" : "P", header = "", purpose = "" });
            }

            for (var p = 0; p < People; p++)
            {
                var channels = Enumerable.Range(0, Channels).Where(c => IsIn(p, c)).Select(c => new { name = "c" + c, roles = "channel_user" });
                Line(writer, "user", new { username = "person" + p, email = $"person{p}@example.org", roles = "system_user", teams = new[] { new { name = "bench", roles = "team_user", channels } } });
            }

            // By no order of time, as the ids of a real export's posts are random.
            for (var i = 0; i < messages; i += 8)
            {
                var at = (i * 7_919L) % messages;
                var room = (int)(at % Channels);
                var time = (Start + at) * 1000;
                var thread = at % 8 == 0;
                var replies = thread ? Enumerable.Range(1, Math.Min(7, messages - i - 1)).Select(r => new { user = Who(at + r, room), message = Text(i + r, "person"), create_at = time + r }) : null;
                Line(writer, "post", new { team = "bench", channel = "c" + room, user = Who(at, room), message = Text(i, "person"), create_at = time, replies, reactions = at % 10 == 0 ? new[] { new { user = Who(at + 1, room), emoji_name = "+1", create_at = time + 9 } } : null, attachments = at % 125 == 0 ? new[] { new { path = "file.bin" } } : null });
                for (var r = 1; !thread && r < 8 && i + r < messages; r++)
                {
                    Line(writer, "post", new { team = "bench", channel = "c" + room, user = Who(at + r, room), message = Text(i + r, "person"), create_at = time + r });
                }
            }
        }

        using var file = zip.CreateEntry("data/file.bin").Open();
        file.Write(new byte[10_000]);
    }

    private static void Slack(ZipArchive zip, int messages)
    {
        Put(zip, "users.json", Enumerable.Range(0, People).Select(p => new { id = "U" + p, name = "person" + p, profile = new { real_name = "Person " + p, email = $"person{p}@example.org" } }));
        Put(zip, "channels.json", Enumerable.Range(0, Channels).Select(c => new { id = "C" + c, name = "c" + c, is_general = c == 0, created = Start, creator = "U" + c, members = Enumerable.Range(0, People).Where(p => IsIn(p, c)).Select(p => "U" + p) }));
        var each = messages / Channels;
        for (var c = 0; c < Channels; c++)
        {
            for (var day = 0; day * 1_000 < each; day++)
            {
                var room = c;
                Put(zip, $"c{c}/{DateTimeOffset.FromUnixTimeSeconds(Start + (day * 86_400)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.json", Enumerable.Range(day * 1_000, Math.Min(1_000, each - (day * 1_000))).Select(i => new
                {
                    type = "message",
                    user = "U" + Who(i, room)[6..],
                    ts = Stamp(day, i),
                    thread_ts = i % 64 < 8 ? Stamp(day, i - (i % 64)) : null,
                    text = Text((room * each) + i, "<@U7>"),
                    reactions = i % 10 == 0 ? new[] { new { name = "+1", users = First } } : null,
                    files = i % 1_000 == 0 ? new[] { new { id = "F1", name = "file.bin" } } : null,
                }));
            }
        }

        using var file = zip.CreateEntry("__uploads/F1/file.bin").Open();
        file.Write(new byte[10_000]);
    }

    private static string Stamp(int day, int i) => string.Create(CultureInfo.InvariantCulture, $"{Start + (day * 86_400L) + (i % 1_000)}.000100");

    private static bool IsIn(int person, int channel) => (person + channel) % 10 == 0;

    private static string Who(long number, int channel) => "person" + ((((int)(number % (People / 10))) * 10) + ((10 - (channel % 10)) % 10));

    private static string Text(int number, string person)
    {
        var state = (uint)number * 2_654_435_761u;
        var words = new string[4 + (int)(state % 16)];
        for (var i = 0; i < words.Length; i++)
        {
            state = (state * 1_664_525u) + 1_013_904_223u;
            words[i] = Vocabulary[(int)((state >> 8) % (uint)Vocabulary.Length)];
        }

        var text = string.Join(' ', words);
        return number % 20 == 0 ? $"{(person[0] == '<' ? person : "@person7")} *{text}* <https://example.org/{number}> :tada:" : text;
    }

    private static void Line(StreamWriter writer, string type, object data) =>
        writer.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal) { ["type"] = type, [type] = data }));

    private static void Put(ZipArchive zip, string name, IEnumerable<object> content)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        JsonSerializer.Serialize(stream, content);
    }
}
