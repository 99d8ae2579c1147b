using System.Text;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Tests.Realtime;

/// <summary>The short way takes what is plain, exactly as the general way would read it, and leaves the rest alone.</summary>
public class FlatFrameTests
{
    [Theory]
    [InlineData("""{"type":"message.send","text":"hi"}""", "hi")]
    [InlineData(""" { "type" : "message.send" , "text" : "" } """, "")]
    [InlineData("""{"type":"a","text":"tab\t quote\" \u00e9 \ud83d\ude00"}""", "tab\t quote\" é 😀")]
    [InlineData("""{"type":"a","text":"é😀"}""", "é😀")]
    public void Strings_are_read_with_their_escapes(string json, string text)
    {
        FlatFrame.TryRead(Encoding.UTF8.GetBytes(json), out var frame).ShouldBeTrue();
        frame.Count.ShouldBe(2);
        frame.TryGetString("text"u8, out var read).ShouldBeTrue();
        read.ShouldBe(text);
        frame.TryGetString("other"u8, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"type":"a"}{}""")]
    [InlineData("""{"type":"a"} x""")]
    [InlineData("""{"type":"a",}""")]
    [InlineData("""{"type":"a","type":"b"}""")]
    [InlineData("""{"type":"a","n":1}""")]
    [InlineData("""{"type":"a","n":null}""")]
    [InlineData("""{"type":"a","n":{}}""")]
    [InlineData("""{"type":"a","n":["x"]}""")]
    [InlineData("""{"ty\u0070e":"a"}""")]
    [InlineData("""{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1","g":"1","h":"1","i":"1"}""")]
    [InlineData("""{"type":"a""")]
    public void Whatever_is_not_flat_goes_the_general_way(string json) => FlatFrame.TryRead(Encoding.UTF8.GetBytes(json), out _).ShouldBeFalse();

    [Fact]
    public void A_lone_surrogate_is_no_string()
    {
        FlatFrame.TryRead("""{"text":"\ud800"}"""u8, out var frame).ShouldBeTrue();
        frame.TryGetString("text"u8, out _).ShouldBeFalse();
        frame.TryGetRaw("text"u8, out _).ShouldBeFalse();
    }
}
