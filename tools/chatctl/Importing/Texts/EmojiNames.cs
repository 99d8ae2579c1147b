using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatMonolith.Chatctl.Importing.Texts;

/// <summary>
/// Emoji by the names that they have between colons elsewhere. The names are those of the web client's own table; a word that the table
/// has for one emoji only counts as its name too.
/// </summary>
internal sealed partial class EmojiNames
{
    private const int FirstSkinTone = 0x1F3FA;
    private const int RegionalA = 0x1F1E6;
    private const char Picture = '\uFE0F';

    /// <summary>Names that others use and the table does not have, or has for more than one.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["+1"] = "👍", ["thumbsup"] = "👍", ["-1"] = "👎", ["thumbsdown"] = "👎", ["simple_smile"] = "🙂", ["slightly_smiling_face"] = "🙂", ["hankey"] = "💩", ["poop"] = "💩", ["heart"] = "❤️",
        ["tada"] = "🎉", ["pray"] = "🙏", ["clap"] = "👏", ["fire"] = "🔥", ["eyes"] = "👀", ["100"] = "💯", ["wave"] = "👋", ["raised_hands"] = "🙌", ["ok_hand"] = "👌", ["joy"] = "😂",
        ["sob"] = "😭", ["rocket"] = "🚀", ["white_check_mark"] = "✅", ["heavy_check_mark"] = "✔️", ["x"] = "❌", ["thinking"] = "🤔", ["thinking_face"] = "🤔", ["shrug"] = "🤷", ["man-shrugging"] = "🤷‍♂️",
        ["woman-shrugging"] = "🤷‍♀️", ["facepalm"] = "🤦", ["man-facepalming"] = "🤦‍♂️", ["woman-facepalming"] = "🤦‍♀️", ["face_palm"] = "🤦", ["muscle"] = "💪", ["point_up"] = "☝️", ["point_down"] = "👇",
        ["point_left"] = "👈", ["point_right"] = "👉", ["warning"] = "⚠️", ["exclamation"] = "❗", ["heavy_exclamation_mark"] = "❗", ["question"] = "❓", ["bulb"] = "💡", ["memo"] = "📝", ["bug"] = "🐛",
        ["coffee"] = "☕", ["beers"] = "🍻", ["beer"] = "🍺", ["cry"] = "😢", ["laughing"] = "😆", ["smile"] = "😄", ["smiley"] = "😃", ["grinning"] = "😀", ["grin"] = "😁", ["blush"] = "😊", ["wink"] = "😉",
        ["upside_down_face"] = "🙃", ["stuck_out_tongue"] = "😛", ["sunglasses"] = "😎", ["rage"] = "😡", ["angry"] = "😠", ["scream"] = "😱", ["see_no_evil"] = "🙈", ["sweat_smile"] = "😅",
        ["rolling_on_the_floor_laughing"] = "🤣", ["face_with_rolling_eyes"] = "🙄", ["heart_eyes"] = "😍", ["broken_heart"] = "💔", ["star"] = "⭐", ["sparkles"] = "✨", ["boom"] = "💥", ["zap"] = "⚡", ["lock"] = "🔒",
        ["hourglass"] = "⌛", ["hourglass_flowing_sand"] = "⏳", ["calendar"] = "📆", ["phone"] = "☎️", ["email"] = "📧", ["link"] = "🔗", ["mag"] = "🔍", ["wrench"] = "🔧", ["hammer"] = "🔨", ["ship"] = "🚢",
        ["heavy_plus_sign"] = "➕", ["heavy_minus_sign"] = "➖", ["arrow_up"] = "⬆️", ["arrow_down"] = "⬇️", ["arrow_left"] = "⬅️", ["arrow_right"] = "➡️", ["red_circle"] = "🔴", ["large_blue_circle"] = "🔵",
    };

    private static readonly string[] Tones = ["light", "medium_light", "medium", "medium_dark", "dark"];
    private readonly Dictionary<string, string> known;

    public EmojiNames()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("emoji-table.js") ?? throw new InvalidOperationException("The table of emoji is missing.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        known = Read(reader.ReadToEnd());
        foreach (var (name, emoji) in Others)
        {
            known[name] = emoji;
        }
    }

    /// <summary>Names of the source's own: no emoji stands for them.</summary>
    public HashSet<string> Own { get; } = new(StringComparer.Ordinal);

    /// <param name="name">Without colons; Slack's skin tones follow it as <c>::skin-tone-3</c>, Mattermost's as <c>_medium_skin_tone</c>.</param>
    public string? Find(string name)
    {
        name = name.Trim(':');
        if (Own.Contains(name))
        {
            return null;
        }

        var toned = name.IndexOf("::skin-tone-", StringComparison.Ordinal);
        if (toned > 0)
        {
            return int.TryParse(name.AsSpan(toned + 12), out var tone) && tone is >= 2 and <= 6 ? WithTone(Base(name[..toned]), tone - 1) : Base(name[..toned]);
        }

        if (name.EndsWith("_skin_tone", StringComparison.Ordinal))
        {
            var bare = name[..^"_skin_tone".Length];
            var index = Array.FindLastIndex(Tones, t => bare.EndsWith("_" + t, StringComparison.Ordinal) && !bare.EndsWith("_medium_" + t, StringComparison.Ordinal));
            return index >= 0 ? WithTone(Base(bare[..^(Tones[index].Length + 1)]), index + 1) : null;
        }

        return Base(name);
    }

    /// <summary>Names between colons as what they stand for; those that nobody knows stay.</summary>
    public string Replace(string text) =>
        text.Contains(':', StringComparison.Ordinal) ? Named().Replace(text, match => Find(match.Groups["name"].Value) ?? match.Value) : text;

    /// <summary>As a reaction here; null where there is none.</summary>
    public string? Reaction(string name)
    {
        var emoji = Find(name) ?? ":" + name.Trim(':').ToLowerInvariant() + ":";
        return Messaging.Changing.Emoji.IsValid(emoji) ? emoji : null;
    }

    private static string? WithTone(string? emoji, int tone)
    {
        if (emoji is null)
        {
            return null;
        }

        // The tone stands behind the first sign, in place of the mark that asks for a picture.
        var first = Rune.GetRuneAt(emoji, 0).Utf16SequenceLength;
        return emoji[..first] + char.ConvertFromUtf32(FirstSkinTone + tone) + emoji[first..].TrimStart(Picture);
    }

    private static Dictionary<string, string> Read(string table)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var words = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (Match group in Group().Matches(table))
        {
            foreach (var line in group.Groups["lines"].Value.Split(@"\n"))
            {
                var parts = line.Split(' ');
                if (parts.Length < 2)
                {
                    continue;
                }

                names.TryAdd(parts[1], parts[0]);
                foreach (var word in parts.Skip(2).Distinct(StringComparer.Ordinal))
                {
                    words[word] = words.ContainsKey(word) ? null : parts[0];
                }
            }
        }

        foreach (var (word, emoji) in words.Where(w => w.Value is not null))
        {
            names.TryAdd(word, emoji!);
        }

        return names;
    }

    private string? Base(string name) =>
        known.TryGetValue(name, out var emoji) || known.TryGetValue(name.Replace('-', '_'), out emoji) ? emoji
        : name.StartsWith("flag-", StringComparison.Ordinal) && name.Length == 7 && name.AsSpan(5).IndexOfAnyExceptInRange('a', 'z') < 0
            ? char.ConvertFromUtf32(RegionalA + name[5] - 'a') + char.ConvertFromUtf32(RegionalA + name[6] - 'a')
            : null;

    [GeneratedRegex(":(?<name>[a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?):", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    [GeneratedRegex("`(?<lines>[^`]*)`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Group();
}
