using System.Globalization;
using System.Text;
using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;

namespace ChatMonolith.Chatctl.Importing;

/// <summary>Makes usernames of what another product calls people: 3 to 32 of a-z 0-9 . _ -, each once.</summary>
internal sealed class UserNames
{
    private const string Accented = "àáâãåāăąçćčďđèéêëēėęěğìíîïīįıłñńňòóôõøōőŕřśšşșťțùúûūůűųýÿžźż";
    private const string Plain = "aaaaaaaacccddeeeeeeeegiiiiiiilnnnooooooorrssssttuuuuuuuyyzzz";
    private static readonly string[] CallEverybody = ["all", "here", "channel", "everyone"];
    private static readonly Dictionary<char, string> Spelled = new() { ['ä'] = "ae", ['ö'] = "oe", ['ü'] = "ue", ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['þ'] = "th", ['ð'] = "d" };
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>It is a name here as it is.</summary>
    public static bool CanStay(string wished) => AccountRules.IsUsername(wished) && Array.IndexOf(CallEverybody, wished) < 0;

    public string Take(string wished)
    {
        var name = CanStay(wished) ? wished : Normal(wished);
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? "" : "-" + number.ToString(CultureInfo.InvariantCulture);
            var candidate = name[..Math.Min(name.Length, Account.UsernameMax - suffix.Length)] + suffix;
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }

    private static string Normal(string wished)
    {
        var name = new StringBuilder(wished.Length);
        foreach (var c in wished.ToLowerInvariant())
        {
            var at = Accented.IndexOf(c, StringComparison.Ordinal);
            if (Spelled.TryGetValue(c, out var spelled))
            {
                name.Append(spelled);
            }
            else if (at >= 0)
            {
                name.Append(Plain[at]);
            }
            else if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        var text = name.ToString().Trim('-', '.');
        text = text.Length < Account.UsernameMin || Array.IndexOf(CallEverybody, text) >= 0 ? (text.Length == 0 ? "user" : text + "-user") : text;
        return text[..Math.Min(text.Length, Account.UsernameMax)];
    }
}
