using System.Text;
using System.Text.Json;
namespace ChatBench;

/// Our protocol for the generator of the shared peer bench, which is compiled together with this file. Rooms and tokens come from
/// `chatctl seed` (OURS_SEED: its JSON lines); each room that the generator names gets a seeded room of that size.
sealed class ChatAdapter : Adapter
{
    static readonly Lazy<Dictionary<string, List<string>>> Seed = new(() =>
    {
        var rooms = new Dictionary<string, List<string>>();
        foreach (var line in File.ReadLines(Environment.GetEnvironmentVariable("OURS_SEED")!))
        {
            using var person = JsonDocument.Parse(line);
            foreach (var room in person.RootElement.GetProperty("rooms").EnumerateArray())
            {
                if (!rooms.TryGetValue(room.GetString()!, out var tokens)) rooms[room.GetString()!] = tokens = new();
                tokens.Add(person.RootElement.GetProperty("accessToken").GetString()!);
            }
        }
        return rooms;
    });

    readonly Dictionary<int, Queue<string>> free = Seed.Value.GroupBy(r => r.Value.Count).ToDictionary(g => g.Key, g => new Queue<string>(g.Select(r => r.Key)));
    readonly Dictionary<string, string> taken = new();
    readonly Dictionary<int, byte[]> heads = new();
    readonly string run = Guid.NewGuid().ToString("N")[..10];

    /// The generator asks for one connection alone (cold start): any room serves.
    string RoomOf(Conn c)
    {
        if (taken.TryGetValue(c.Room, out var room)) return room;
        var pool = free.TryGetValue(c.RoomSize, out var q) ? q : c.RoomSize == 1 ? free.Values.First() : throw new InvalidOperationException($"no seeded room of {c.RoomSize}");
        return taken[c.Room] = pool.Count > 0 ? pool.Dequeue() : throw new InvalidOperationException($"too few seeded rooms of {c.RoomSize}");
    }

    public override string Path(Conn c) => "/ws";
    public override string Headers(Conn c) => $"Authorization: Bearer {Seed.Value[RoomOf(c)][c.Member]}\r\n";
    public override void OnOpen(Loop l, Conn c) { }
    public override void OnText(Loop l, Conn c, ReadOnlySpan<byte> p)
    {
        if (Has(p, "\"type\":\"hello\""u8)) l.Joined(c);
        else if (Has(p, "\"type\":\"error\""u8)) l.Fail(c, Encoding.UTF8.GetString(p));
    }

    public override int Format(Conn c, ReadOnlySpan<byte> body, Span<byte> dst)
    {
        if (!heads.TryGetValue(c.Id, out var head))
            heads[c.Id] = head = Encoding.UTF8.GetBytes($"{{\"type\":\"message.send\",\"ref\":\"1\",\"roomId\":\"{RoomOf(c)}\",\"clientId\":\"{run}-{c.Id:x}-");
        head.CopyTo(dst); int n = head.Length;
        // With a fixed width: ids that grow with time, as those of our own client do.
        c.Seq.TryFormat(dst[n..], out int digits, "d8"); n += digits;
        "\",\"text\":\""u8.CopyTo(dst[n..]); n += 10;
        body.CopyTo(dst[n..]); n += body.Length;
        "\"}"u8.CopyTo(dst[n..]); return n + 2;
    }
}
