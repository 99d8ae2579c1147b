using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Fuzzing;

/// <summary>Values that servers stumble over, as raw JSON so that it can also be wrong.</summary>
internal static class Junk
{
    private static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "\t\r\n", "\u202Eevil", "\u200B", "e\u0301", "İı", "ß", "𝔘𝔫𝔦", "👩‍👩‍👧‍👦", "\uFEFF", "﷽", "null", "true", "NaN", "-1", "1e400", "0x7f", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "{01890a5d-ac96-774b-bcce-b302099a8057}", "01890A5DAC96774BBCCEB302099A8057", "' OR 1=1 --", "'; DROP TABLE msg_log; --", "%' ESCAPE '", "_%_%",
        "<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://evil.example/x.png)", "../../etc/passwd", "..\\..\\", "%2e%2e%2f", "%00", "{{7*7}}", "${jndi:ldap://x}", "=1+1", "__proto__", "$type",
        "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2026-02-30", "ann@example.org", "a@b", "@", "a@" + "b.example", "general", "admin", "me", "👍", "((((((((((", "****************", "> > > > > > > >", "| a |\n|---|\n",
    ];

    private static readonly string[] RawValues =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "2", "50", "200", "201", "1000", "1001", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
        "1e400", "-1e400", "1.5", "1e-400", "\"\"", "[]", "{}", "[null]", "[[]]", "{\"a\":{}}", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "[1,2,3]", "{\"__proto__\":{\"isAdmin\":true}}", "{\"$type\":\"System.Object\"}",
    ];

    private static readonly string[] Broken =
    [
        "", "{", "}", "[", "nul", "{\"a\":}", "{\"a\" 1}", "{'a':1}", "{\"a\":1,}", "\"", "\"\\x\"", "NaN", "Infinity", "{\"a\":1}{\"b\":2}", "\uFEFF{}", "// {}", "{\"a\":01}", "\u0001", "<xml/>",
    ];

    /// <summary>A text, now and then longer than anything allows.</summary>
    public static string Text(Dice dice) => dice.Next(20) switch
    {
        0 => new string('x', 65 + dice.Next(200)),
        1 => new string('y', 8_001),
        2 => Repeat(dice.Pick(Texts), 1 + dice.Next(60)),
        3 => Characters(dice, 1 + dice.Next(40)),
        4 when dice.OneIn(10) => new string('z', 200_000),
        _ => dice.Pick(Texts),
    };

    /// <summary>Any JSON value, of the wrong type more often than not.</summary>
    public static string Value(Dice dice) => dice.Next(12) switch
    {
        0 => Nested(dice.Next(3) == 0 ? 10_000 : 40),
        1 => JsonSerializer.Serialize(Text(dice)),
        2 => "[" + string.Join(',', Enumerable.Range(0, dice.Next(300)).Select(_ => "\"" + Guid.NewGuid() + "\"")) + "]",
        _ => dice.Pick(RawValues),
    };

    /// <summary>No JSON at all.</summary>
    public static string NoJson(Dice dice) => dice.Pick(Broken);

    /// <summary>The same text with a few of its characters exchanged, doubled, or cut off.</summary>
    public static string Damage(string text, Dice dice)
    {
        var damaged = new StringBuilder(text);
        for (var i = dice.Next(3); i >= 0 && damaged.Length > 0; i--)
        {
            var at = dice.Next(damaged.Length);
            switch (dice.Next(4))
            {
                case 0:
                    damaged[at] = (char)dice.Next(128);
                    break;
                case 1:
                    damaged.Insert(at, (char)(dice.Next(10) == 0 ? dice.Next(0xD800) : dice.Next(128)));
                    break;
                case 2:
                    damaged.Remove(at, 1);
                    break;
                default:
                    damaged.Length = at;
                    break;
            }
        }

        return damaged.ToString();
    }

    private static string Characters(Dice dice, int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var rune = dice.Next(0x11_0000);
            text.Append(rune is >= 0xD800 and <= 0xDFFF ? "�" : char.ConvertFromUtf32(rune));
        }

        return text.ToString();
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
