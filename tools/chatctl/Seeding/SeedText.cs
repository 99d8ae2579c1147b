using System.Text;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>Texts of 20 to 200 characters, the same for the same number: what is measured twice is measured on the same data.</summary>
internal static class SeedText
{
    private static readonly string[] Words =
        ("the build is green again and release notes are waiting for a second pair of eyes can someone look at this before lunch we moved standup to ten because of the "
        + "customer call numbers went up after last night deploy nothing in logs so far keep an eye on memory please thanks that fixed it on my side will write tests "
        + "tomorrow morning coffee machine broken once more").Split(' ');

    /// <summary>Spreads small numbers over 32 bits (Knuth's multiplicative hash).</summary>
    public static uint Scatter(int number)
    {
        unchecked
        {
            var mixed = ((uint)number + 1) * 2654435761u;
            return mixed ^ (mixed >> 15);
        }
    }

    public static string Of(int number)
    {
        var state = Scatter(number);
        var length = 20 + (int)(state % 180);
        var text = new StringBuilder(length + 12);
        while (text.Length < length)
        {
            state = unchecked((state * 1664525u) + 1013904223u);
            text.Append(Words[(int)((state >> 8) % (uint)Words.Length)]).Append(' ');
        }

        text.Length--;
        return text.ToString();
    }
}
