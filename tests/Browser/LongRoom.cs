using System.Text.Json;
using ChatMonolith.Tests.Chatctl;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Browser;

/// <summary>A server with one room of 100,000 messages, and two of its members.</summary>
public sealed class LongRoom : BrowserServer
{
    public const int Messages = 100_000;
    private const string Password = "long copper kettle 47";
    private readonly string tokens = Path.Combine(Path.GetTempPath(), $"chat-tokens-{Guid.CreateVersion7():N}");
    private Line[] people = [];

    public Guid Room => people[0].Rooms[0];

    /// <summary>Who looks.</summary>
    public string Reader => people[0].Username;

    /// <summary>Who writes meanwhile, over HTTP.</summary>
    public HttpCaller Writer { get; private set; } = null!;

    public async Task<Guid> Write(string text) =>
        (await Writer.Post($"rooms/{Room}/messages", new { clientId = Person.NewClientId(), text })).Ok(201)["id"].GetGuid();

    protected override async Task<RunningServer> StartServer()
    {
        var server = await RunningServer.Prepare(Engine.Sqlite, ("Auth__AccessTokenMinutes", "60"));
        (await ChatctlRun.On(server, "", "seed", "--users", "5", "--rooms", "1", "--members", "5", "--messages", $"{Messages}", "--out", tokens)).Succeeds();
        people = [.. File.ReadLines(tokens).Select(l => JsonSerializer.Deserialize<Line>(l, JsonSerializerOptions.Web)!)];
        foreach (var person in people[..2])
        {
            (await ChatctlRun.On(server, Password + "\n", "reset-password", "--login", person.Username)).Succeeds();
        }

        await server.Restart();
        Writer = new HttpCaller(server.Address);
        var login = (await Writer.Post("auth/login", new { login = people[1].Username, password = Password })).Ok(200);
        Writer.AccessToken = login["accessToken"].GetString();
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Writer?.Dispose();
        File.Delete(tokens);
        await base.DisposeAsync();
    }

    private sealed record Line(string Username, Guid[] Rooms);
}
