using ChatMonolith.Messaging.Mentions;

namespace ChatMonolith.Tests.Messaging;

public class MentionTextTests
{
    [Theory]
    [InlineData("hi @ann", "ann")]
    [InlineData("@Ann, look", "ann")]
    [InlineData("(@ann)", "ann")]
    [InlineData("@ann @bob @ann", "ann|bob")]
    [InlineData("@ann.", "ann.,ann")]
    [InlineData("@ann-lee...", "ann-lee...,ann-lee..,ann-lee.,ann-lee")]
    [InlineData("你好@ann", "")]
    [InlineData("mail ann@example.org", "")]
    [InlineData("https://example.org/@ann", "")]
    [InlineData("@an", "")]
    [InlineData("`@ann` and @bob", "bob")]
    [InlineData("``a ` @ann`` @bob", "bob")]
    [InlineData("```\n@ann\n```\n@bob", "bob")]
    [InlineData("a lone ` does not hide @ann", "ann")]
    [InlineData("@", "")]
    [InlineData("@@ann", "")]
    public void The_names_that_a_text_calls(string text, string calls) =>
        string.Join('|', (MentionText.Of(text)?.Calls ?? []).Select(c => string.Join(',', c))).ShouldBe(calls);

    [Theory]
    [InlineData("@all", true)]
    [InlineData("hey @here.", true)]
    [InlineData("@channel: news", true)]
    [InlineData("@allan", false)]
    [InlineData("`@all`", false)]
    public void Everybody_is_called_by_three_names(string text, bool all) => (MentionText.Of(text)?.All ?? false).ShouldBe(all);

    [Fact]
    public void A_text_calls_fifty_people_at_most() =>
        MentionText.Of(string.Join(' ', Enumerable.Range(0, 500).Select(i => $"@name{i}")))!.Calls.Count.ShouldBe(MentionText.MaxNames);

    [Fact]
    public void A_text_without_a_call_costs_no_object() => MentionText.Of("nothing here").ShouldBeNull();
}
