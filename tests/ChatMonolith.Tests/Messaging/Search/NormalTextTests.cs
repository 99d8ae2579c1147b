using ChatMonolith.Messaging.Search;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging.Search;

/// <summary>One form for what is indexed, what is asked and what is checked.</summary>
public class NormalTextTests
{
    [Theory]
    [InlineData("Hello, World!", "hello world")]
    [InlineData("STRASSE straße ẞ", "strasse strasse ss")]
    [InlineData("ＦＵＬＬ　ｗｉｄｔｈ", "full width")]
    [InlineData("ﬁne oﬃce", "fine office")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ")]
    [InlineData("Ёлка и ЁЛКА", "ёлка и ёлка")]
    [InlineData("u\u0308ber U\u0308BER Über", "über über über")]
    [InlineData("ｶﾞｲﾄﾞ ガイド", "ガイド ガイド")]
    [InlineData("\u1112\u1161\u11ab 한", "한 한")]
    [InlineData("㌔ ①② ½", "キロ 12 1 2")]
    [InlineData("soft\u00ADhyphen zero\u200Bwidth", "softhyphen zerowidth")]
    [InlineData("👍🏽 🎉🎉!", "👍 🎉🎉")]
    [InlineData("foo_bar-baz c++ 3.14", "foo bar baz c 3 14")]
    [InlineData(" \r\n\t.. ", "")]
    public void A_text_has_one_form(string text, string expected)
    {
        NormalText.Of(text).ShouldBe(expected);
        NormalText.WithPlaces(text).Value.ShouldBe(expected);
    }

    [Fact]
    public void Half_a_character_is_none() => NormalText.Of("one\ud83dtwo\udc4d").ShouldBe("one two");

    [Fact]
    public void Folding_is_that_of_the_Unicode_standard()
    {
        var file = Path.Combine(Repository.Root, "tests/ChatMonolith.Tests/Messaging/Search/folding-samples.txt");
        foreach (var line in File.ReadLines(file))
        {
            var (from, to) = (Text(line.Split('>')[0]), Text(line.Split('>')[1]));
            var folded = Fold(from);
            folded.ShouldBe(to, line);
            Fold(folded).ShouldBe(to, line);
        }

        static string Text(string hex) => string.Concat(hex.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(h => char.ConvertFromUtf32(Convert.ToInt32(h, 16))));

        static string Fold(string text)
        {
            var folded = new System.Text.StringBuilder();
            var cluster = new List<System.Text.Rune>();
            foreach (var rune in text.EnumerateRunes())
            {
                if (cluster.Count > 0 && !Folding.Extends(rune))
                {
                    Folding.Append([.. cluster], folded);
                    cluster.Clear();
                }

                cluster.Add(rune);
            }

            Folding.Append([.. cluster], folded);
            return folded.ToString();
        }
    }

    [Fact]
    public void Every_part_of_a_long_word_lies_in_one_of_its_pieces()
    {
        var dice = Dice.FromEnvironment();
        for (var length = 1; length < 120; length++)
        {
            var word = string.Concat(Enumerable.Range(0, length).Select(_ => dice.OneIn(4) ? "𐐨" : ((char)('a' + dice.Next(26))).ToString()));
            var terms = Terms.Of(word);
            terms.ShouldAllBe(t => t.Length <= Terms.MaxLength && !char.IsLowSurrogate(t[0]) && !char.IsHighSurrogate(t[t.Length - 1]));
            for (var i = 0; i < 50; i++)
            {
                var start = Terms.Whole(word, dice.Next(word.Length));
                var part = word[start..Terms.Whole(word, Math.Min(word.Length, start + 1 + dice.Next(40)))];
                if (!Terms.Bigrams(part).Any())
                {
                    continue;
                }

                foreach (var asked in SearchPattern.Parse($"{part} xx")!.Indexed().Where(p => p.Text != "xx"))
                {
                    terms.ShouldContain(t => asked.IsTerm ? t == asked.Text : t.Contains(asked.Text, StringComparison.Ordinal), $"{part} of {word}, seed {dice.Seed}");
                }
            }
        }
    }

    [Theory]
    [InlineData("ell", "Hello", "1+3")]
    [InlineData("lo wo", "World, hello", "0+2|10+2")]
    [InlineData("strasse", "Die Straße hier", "4+6")]
    [InlineData("ss", "Die Straße", "8+1")]
    [InlineData("手", "我的手机", "2+1")]
    [InlineData("手机", "手工机", null)]
    [InlineData("c手", "abc手机", "2+2")]
    [InlineData("a cat", "A cat", "0+1|2+3")]
    [InlineData("a cat", "Cats and dogs", null)]
    [InlineData("\"cat\"", "cats", null)]
    [InlineData("\"the cat\"", "see THE  cat!", "4+8")]
    [InlineData("\"the cat\"", "the cats, the dog and a cat", null)]
    [InlineData("\"unclosed phrase", "an unclosed, phrase", "3+16")]
    [InlineData("ガイド", "ｶﾞｲﾄﾞﾌﾞｯｸ", "0+5")]
    [InlineData("über", "U\u0308ber", "0+5")]
    [InlineData("uber", "über", null)]
    [InlineData("🎉", "yay🎉!", "3+2")]
    [InlineData("aa", "aaaa", "0+4")]
    public void A_text_matches_or_not(string query, string text, string? expected)
    {
        var pattern = SearchPattern.Parse(query).ShouldNotBeNull();
        var found = pattern.Highlights(text);
        pattern.Matches(NormalText.Of(text)).ShouldBe(found is not null);
        if (expected is null)
        {
            found.ShouldBeNull();
            return;
        }

        var ranges = expected.Split('|').Select(r => r.Split('+').Select(int.Parse).ToArray()).Select(r => new Highlight(r[0], r[1])).OrderBy(h => h.Start);
        found.ShouldBe(ranges);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData(" a ", false)]
    [InlineData("..", false)]
    [InlineData("\"\"", false)]
    [InlineData("ab", true)]
    [InlineData("手", true)]
    [InlineData("の", true)]
    [InlineData("한", true)]
    [InlineData("🎉", true)]
    [InlineData("a.", true)]
    public void Two_characters_are_enough_and_one_of_a_script_without_spaces(string query, bool isEnough) =>
        (SearchPattern.Parse(query) is not null).ShouldBe(isEnough);
}
