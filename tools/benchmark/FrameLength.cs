using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>The bytes that our frame has beyond the text, for a text of 128: by so much the C servers' frames are padded.</summary>
internal static class FrameLength
{
    private const int Text = 128;

    public static async Task<int> Measure(string binary, string data, string tokens)
    {
        var person = SeededPerson.First(tokens);
        await using var server = await ServerProcess.Start(binary, data);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + person.AccessToken);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/ws" }.Uri, limit.Token);
        var frame = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["type"] = "message.send", ["ref"] = "1", ["roomId"] = person.Rooms[0].ToString(), ["clientId"] = "0123456789-3e7-12", ["text"] = new string('x', Text),
        });
        await socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            if (buffer.AsSpan(0, part.Count).IndexOf("\"type\":\"message.created\""u8) >= 0)
            {
                Console.WriteLine(part.Count - Text);
                return 0;
            }
        }
    }
}
