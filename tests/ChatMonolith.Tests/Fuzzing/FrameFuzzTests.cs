using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Fuzzing;

/// <summary>Whatever a client writes into its frames gets one reply with a code of the contract, and harms nobody else.</summary>
public abstract class FrameFuzzTests(Engine engine)
{
    private const int Inputs = 3_000;
    private const int DeepInputs = 1_000_000;
    private const int Workers = 4;

    /// <summary>The commands of the real-time contract and their members.</summary>
    private static readonly (string Type, string[] Members)[] Commands =
    [
        ("message.send", ["roomId", "clientId", "text", "replyTo", "threadId", "attachments"]),
        ("message.edit", ["messageId", "text"]),
        ("message.delete", ["messageId"]),
        ("reaction.add", ["messageId", "emoji"]),
        ("reaction.remove", ["messageId", "emoji"]),
        ("read", ["roomId", "seq"]),
        ("typing", ["roomId", "on"]),
        ("presence.set", ["status"]),
        ("presence.watch", ["userIds"]),
        ("resume", ["epoch", "userSeq", "rooms"]),
        ("ping", []),
        ("no.such.command", ["a"]),
    ];

    private readonly ITestOutputHelper output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task A86_no_frame_yields_an_internal_error_or_harms_another_socket()
    {
        var dice = Dice.FromEnvironment();
        var failures = new ConcurrentQueue<string>();
        var codes = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var server = await RunningServer.Start(engine, ("Auth__AccessTokenMinutes", "1440"));
        var (other, bystander) = (await server.Register("other"), await server.Register("bystander"));
        await using var watching = await bystander.Connect();
        var each = (Depth.IsDeep ? DeepInputs : Inputs) / Workers;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            var own = dice.Fork();
            var person = await server.Register("fuzz");
            for (var done = 0; done < each && failures.Count < 20;)
            {
                var world = await World.Make(server, person, other);
                done += await OneSocket(world, own, Math.Min(400, each - done), failures, codes);
            }
        }));

        await watching.Settle();
        (await server.IsReady()).ShouldBeTrue();
        output.WriteLine($"seed {dice.Seed}: {string.Join(", ", codes.OrderBy(c => c.Key).Select(c => $"{c.Value} x {c.Key}"))}");
        failures.ShouldBeEmpty($"seed {dice.Seed}; the server wrote:\n{string.Join('\n', server.Output.Split('\n').TakeLast(60))}");
        codes.GetValueOrDefault("ok").ShouldBeGreaterThan(100, "hardly anything got through to the handlers");
    }

    /// <summary>Sends one after the other; ends early when the server closes for abuse, as it may. Returns how many were sent.</summary>
    private static async Task<int> OneSocket(World world, Dice dice, int count, ConcurrentQueue<string> failures, ConcurrentDictionary<string, int> codes)
    {
        await using var socket = await LiveSocket.Connect(world.Person.Server.Address, SocketCredentials.Bearer(world.Person.AccessToken), resume: dice.OneIn(4));
        for (var i = 1; i <= count; i++)
        {
            var reference = $"f{i}";
            var frame = Frame(reference, dice, world);
            var before = socket.Frames.Count;
            try
            {
                await socket.SendText(frame);
                var reply = await socket.WaitFor(f => f.Type() is "ok" or "error", $"a reply to {frame[..Math.Min(300, frame.Length)]}", TimeSpan.FromSeconds(20), before);
                codes.AddOrUpdate(reply.IsOk() ? "ok" : reply.Code(), 1, (_, n) => n + 1);
                if (!reply.IsOk() && reply.Code() is "internal" or "unavailable" or "")
                {
                    failures.Enqueue($"{frame} -> {reply}");
                }
            }
            catch (Exception e) when (e is SocketGoneException or WebSocketException)
            {
                var code = await socket.Closed.Within("the close");
                codes.AddOrUpdate($"closed {code}", 1, (_, n) => n + 1);
                if (code is not (4400 or 1007 or 1009))
                {
                    failures.Enqueue($"{frame} -> closed with {code}");
                }

                return i;
            }
            catch (TimeoutException e)
            {
                failures.Enqueue($"{frame} -> {e.Message}");
                return i;
            }
        }

        return count;
    }

    private static string Frame(string reference, Dice dice, World world)
    {
        var (type, names) = dice.Pick(Commands);
        var members = new List<string> { $"\"type\":\"{type}\"", $"\"ref\":\"{reference}\"" };
        members.AddRange(names.Where(_ => !dice.OneIn(8)).Select(name => $"\"{name}\":{(dice.OneIn(6) ? Junk.Value(dice) : Member(name, dice, world))}"));
        if (dice.OneIn(30))
        {
            members.Add(dice.Pick(members));
        }

        var frame = "{" + string.Join(',', members) + "}";
        return dice.Next(40) switch
        {
            0 => Junk.NoJson(dice),
            1 => Junk.Damage(frame, dice),
            2 => Junk.Value(dice),
            _ => frame,
        };
    }

    private static string Member(string name, Dice dice, World world) => name switch
    {
        "roomId" or "messageId" or "replyTo" or "threadId" => JsonSerializer.Serialize(world.Id(dice)),
        "userIds" or "attachments" => "[" + string.Join(',', Enumerable.Range(0, dice.Next(4)).Select(_ => JsonSerializer.Serialize(world.Id(dice)))) + "]",
        "rooms" => "{" + string.Join(',', Enumerable.Range(0, dice.Next(4)).Select(_ => $"{JsonSerializer.Serialize(world.Id(dice))}:{(dice.OneIn(4) ? Junk.Value(dice) : dice.Next(10).ToString())}")) + "}",
        "seq" or "userSeq" => dice.Next(20).ToString(),
        "on" => dice.OneIn(2) ? "true" : "false",
        "status" => dice.Pick(["\"online\"", "\"away\"", "\"busy\"", "\"invisible\"", "\"gone\""]),
        "emoji" => dice.OneIn(3) ? JsonSerializer.Serialize(Junk.Text(dice)) : "\"👍\"",
        "clientId" => $"\"c{dice.Next(500)}\"",
        _ => JsonSerializer.Serialize(Junk.Text(dice)),
    };

    public sealed class OnSqlite() : FrameFuzzTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : FrameFuzzTests(Engine.PostgreSql);
}
