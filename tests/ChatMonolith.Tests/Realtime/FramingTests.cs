using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>What a client may not do on the wire (RFC 6455, 5), with the close code that answers it.</summary>
public sealed class FramingTests(SqliteServer fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A49_An_unmasked_frame_closes_with_1002()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame("""{"type":"ping","ref":"1"}""", masked: false));
        (await raw.CloseCode()).ShouldBe(1002);
    }

    [Theory]
    [InlineData(RawSocket.Text, 4, true)]
    [InlineData(RawSocket.Text, 1, true)]
    [InlineData(3, 0, true)]
    [InlineData(11, 0, true)]
    [InlineData(RawSocket.Continuation, 0, true)]
    [InlineData(RawSocket.Ping, 0, false)]
    public async Task A50_Reserved_bits_and_opcodes_and_broken_order_close_with_1002(int opcode, int reserved, bool fin)
    {
        await using var bystander = await Opened();
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(opcode, "x"u8, fin, reserved: reserved));
        (await raw.CloseCode()).ShouldBe(1002);
        await bystander.SendBytes(RawSocket.Frame("""{"type":"ping","ref":"1"}"""));
        (await bystander.ReadReply()).IsOk().ShouldBeTrue("others are not affected");
    }

    [Fact]
    public async Task A50_A_control_frame_of_126_bytes_closes_with_1002()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.Ping, new byte[126]));
        (await raw.CloseCode()).ShouldBe(1002);
    }

    [Fact]
    public async Task A_ping_between_fragments_is_answered_and_the_message_goes_on()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame("""{"type":"ping",""", fin: false));
        await raw.SendBytes(RawSocket.Frame(RawSocket.Ping, "echo"u8));
        var pong = await raw.ReadFrame();
        while (pong!.Opcode == RawSocket.Text)
        {
            pong = await raw.ReadFrame();
        }

        pong.Opcode.ShouldBe(RawSocket.Pong);
        Encoding.UTF8.GetString(pong.Payload).ShouldBe("echo");
        await raw.SendBytes(RawSocket.Frame(RawSocket.Continuation, "\"ref\":\"7\"}"u8));
        (await raw.ReadReply()).Word("ref").ShouldBe("7");
    }

    [Theory]
    [InlineData(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xF8, 0x88, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public async Task A51_Invalid_UTF8_closes_with_1007(byte[] payload)
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.Text, payload));
        (await raw.CloseCode()).ShouldBe(1007);
    }

    [Fact]
    public async Task Binary_data_closes_with_1003()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.Binary, "x"u8));
        (await raw.CloseCode()).ShouldBe(1003);
    }

    [Theory]
    [InlineData(65_537UL, 1009)]
    [InlineData((ulong)long.MaxValue, 1009)]
    [InlineData(ulong.MaxValue, 1002)]
    public async Task A52_B8_A_lying_length_is_refused_before_a_byte_of_it_is_awaited(ulong declared, int code)
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.Text, "{"u8, declaredLength: declared));
        (await raw.CloseCode()).ShouldBe(code);
    }

    [Fact]
    public async Task A52_A_message_over_the_limit_in_fragments_closes_with_1009()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.Text, new byte[40_000].Select(_ => (byte)' ').ToArray(), fin: false));
        await raw.SendBytes(RawSocket.Frame(RawSocket.Continuation, new byte[40_000].Select(_ => (byte)' ').ToArray(), fin: false));
        (await raw.CloseCode()).ShouldBe(1009);
    }

    [Fact]
    public async Task A52_Endless_one_byte_fragments_close_with_1009()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.Text, " "u8, fin: false));
        var many = Enumerable.Range(0, 2_000).SelectMany(_ => RawSocket.Frame(RawSocket.Continuation, " "u8, fin: false)).ToArray();
        try
        {
            await raw.SendBytes(many);
        }
        catch (IOException)
        {
            // The server has hung up on us in the middle: also an answer.
        }

        (await raw.CloseCode()).ShouldBeOneOf(1009, 1006);
    }

    [Fact]
    public async Task B8_A_thousand_sockets_that_lie_about_their_lengths_cost_no_memory()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__MaxConnectionsPerUser", "2000"));
        var ann = await server.Register("ann");
        var before = server.Process.ResidentBytes();
        var sockets = new List<RawSocket>();
        for (var i = 0; i < 300; i++)
        {
            var raw = await RawSocket.Open(ann);
            sockets.Add(raw);

            // Within the limit, so that the server waits for the rest.
            await raw.SendBytes(RawSocket.Frame(RawSocket.Text, "{"u8, declaredLength: 65_000));
        }

        (server.Process.ResidentBytes() - before).ShouldBeLessThan(3 * 8 * 1024 * 1024 + (32 * 1024 * 1024), "8 MiB for each hundred, and what a young process grows anyway");
        foreach (var raw in sockets)
        {
            await raw.DisposeAsync();
        }
    }

    [Fact]
    public async Task A54_No_compression_is_negotiated()
    {
        var ann = await Server.Register("ann");
        await using var raw = await RawSocket.Open(ann, ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));
        raw.Headers.ShouldNotContainKey("sec-websocket-extensions");
    }

    [Fact]
    public async Task A_close_frame_is_answered_with_1000_and_the_end_of_the_connection()
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.CloseFrame, [0x03, 0xE8]));
        (await raw.CloseCode()).ShouldBe(1000);
        (await raw.ReadFrame(TimeSpan.FromSeconds(5))).ShouldBeNull("the server ends the connection, it does not wait for the client to do so");
    }

    [Theory]
    [InlineData(new byte[] { 0x03 })]
    [InlineData(new byte[] { 0x03, 0xED })]
    public async Task A50_A_malformed_close_frame_closes_with_1002(byte[] payload)
    {
        await using var raw = await Opened();
        await raw.SendBytes(RawSocket.Frame(RawSocket.CloseFrame, payload));
        (await raw.CloseCode()).ShouldBe(1002);
    }

    [Fact]
    public async Task Frames_that_arrive_in_pieces_or_many_at_once_are_all_answered()
    {
        await using var raw = await Opened();
        var bytes = Enumerable.Range(0, 50).SelectMany(i => RawSocket.Frame($$"""{"type":"ping","ref":"{{i}}"}""")).ToArray();
        foreach (var piece in bytes.Chunk(7))
        {
            await raw.SendBytes(piece);
        }

        for (var i = 0; i < 50; i++)
        {
            (await raw.ReadReply()).Word("ref").ShouldBe(i.ToString());
        }
    }

    private async Task<RawSocket> Opened() => await RawSocket.Open(await Server.Register("ann"));
}
