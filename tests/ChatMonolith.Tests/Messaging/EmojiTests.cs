using ChatMonolith.Messaging.Changing;

namespace ChatMonolith.Tests.Messaging;

public class EmojiTests
{
    [Theory]
    [InlineData("👍")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("🏴󠁧󠁢󠁳󠁣󠁴󠁿")]
    [InlineData("❤️")]
    [InlineData("1️⃣")]
    [InlineData("好")]
    [InlineData(":+1:")]
    [InlineData(":party_parrot-2:")]
    public void An_emoji_or_a_name_is_a_reaction(string emoji) => Emoji.IsValid(emoji).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("+1")]
    [InlineData("::")]
    [InlineData(":A:")]
    [InlineData(":a b:")]
    [InlineData("👍 ")]
    [InlineData("👍\n")]
    [InlineData("👍\u0000")]
    [InlineData("👍<b>")]
    [InlineData("👍/")]
    [InlineData("👍\\")]
    [InlineData("👍\"")]
    [InlineData("👍'")]
    [InlineData("\u202e👍")]
    [InlineData("👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍")]
    public void Anything_else_is_not(string? emoji) => Emoji.IsValid(emoji).ShouldBeFalse();

    [Fact]
    public void Half_a_character_is_not() => Emoji.IsValid("👍"[..1]).ShouldBeFalse();
}
