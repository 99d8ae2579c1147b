using System.Text;
using ChatMonolith.Messaging.Log;

namespace ChatMonolith.Tests.Messaging;

/// <summary>The form in which a message waits in the tail, in memory as on disk.</summary>
public class TailMessageTests
{
    [Theory]
    [InlineData("c", "text", null, 1)]
    [InlineData("é😀", "öß 😀 \u0001", "<b>öß</b>", 128)]
    [InlineData("0190b7c1-7a52-7e66-b3b0-5d4f3c2b1a00", "x", "", 3_000_000_000)]
    public void What_is_written_is_read_again_in_place(string clientId, string text, string? html, long seq)
    {
        var message = Message(clientId, text, html, seq);
        var bytes = new byte[TailMessage.Room(message) + 5];
        var length = TailMessage.Write(bytes, message);
        length.ShouldBeLessThanOrEqualTo(bytes.Length - 5);
        var read = new TailMessage(bytes);
        read.Bytes.Length.ShouldBe(length);
        (read.Id, read.RoomId, read.SenderId, read.Seq, read.At).ShouldBe((message.Id, message.RoomId, message.SenderId, seq, message.At));
        Encoding.UTF8.GetString(read.ClientId).ShouldBe(clientId);
        Encoding.UTF8.GetString(read.Text).ShouldBe(text);
        read.RequestMac.ToArray().ShouldBe(message.RequestMac);
        read.HasHtml.ShouldBe(html is not null);
        Encoding.UTF8.GetString(read.Html).ShouldBe(html ?? "");
        var key = new byte[TailMessage.KeyRoom(clientId)];
        read.Key.ToArray().ShouldBe(key[..TailMessage.WriteKey(key, message.SenderId, clientId)]);
    }

    [Fact]
    public void Its_form_is_that_of_earlier_versions()
    {
        // As BinaryWriter wrote it: a server takes the tail of the one before it.
        var message = Message("client-1", new string('x', 300), "<i>x</i>", 70_000);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(message.Id.ToByteArray(bigEndian: true));
        writer.Write(message.RoomId.ToByteArray(bigEndian: true));
        writer.Write7BitEncodedInt64(message.State.Seq);
        writer.Write(message.SenderId.ToByteArray(bigEndian: true));
        writer.Write(message.ClientId);
        writer.Write7BitEncodedInt(message.RequestMac.Length);
        writer.Write(message.RequestMac);
        writer.Write(message.Text);
        writer.Write(true);
        writer.Write(message.Html!);
        writer.Write7BitEncodedInt64(message.At);
        writer.Flush();
        var bytes = new byte[TailMessage.Room(message)];
        bytes[..TailMessage.Write(bytes, message)].ShouldBe(stream.ToArray());
    }

    [Fact]
    public void Chunks_are_used_again_and_giants_get_their_own()
    {
        var chunks = new TailChunks();
        var giant = chunks.Add(Message("g", new string('g', 200_000), null, 1), row: 1);
        giant.Message.Text.Length.ShouldBe(200_000);
        var entries = Enumerable.Range(1, 2_000).Select(i => chunks.Add(Message($"c{i}", $"text {i} " + new string('x', 200), null, i), row: i)).ToArray();
        entries.Select(e => e.Chunk).Distinct().Count().ShouldBeGreaterThan(2);
        entries.Select(e => Encoding.UTF8.GetString(e.Message.ClientId)).ShouldBe(Enumerable.Range(1, 2_000).Select(i => $"c{i}"));
        var before = entries.Select(e => e.Chunk).ToHashSet();
        Array.ForEach(entries, chunks.Remove);
        var again = Enumerable.Range(1, 500).Select(i => chunks.Add(Message($"d{i}", $"other {i} " + new string('y', 200), null, i), row: i)).ToArray();
        again.ShouldAllBe(e => before.Contains(e.Chunk));
        again.Select(e => Encoding.UTF8.GetString(e.Message.ClientId)).ShouldBe(Enumerable.Range(1, 500).Select(i => $"d{i}"));
        giant.Message.Text.Length.ShouldBe(200_000);
    }

    private static NewMessage Message(string clientId, string text, string? html, long seq) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), new LogHead.State(seq, new byte[32]), Guid.CreateVersion7(), clientId, [1, 2, 3, 4], text, html, null, null, 1_764_500_000_000);
}
