using System.Text.Json;
using Shouldly;

namespace ChatMonolith.Tests.Harness;

/// <summary>One person at one device, in intents: <c>await ann.Post(room, "hi")</c>, <c>await bob.Sees("hi")</c>.</summary>
public sealed class Person : IAsyncDisposable
{
    private readonly List<LiveSocket> sockets = [];
    private LiveSocket? live;

    private Person(RunningServer server, string username, string displayName, string password, Guid id, Uri? address = null)
    {
        Server = server;
        Username = username;
        DisplayName = displayName;
        Password = password;
        Id = id;
        Http = new HttpCaller(address ?? server.Address);
    }

    public RunningServer Server { get; }

    public Guid Id { get; }

    public string Username { get; }

    public string DisplayName { get; }

    public string Password { get; set; }

    public HttpCaller Http { get; }

    public string AccessToken => Http.AccessToken ?? throw new InvalidOperationException($"{Username} is not logged in.");

    public string RefreshToken { get; private set; } = "";

    /// <summary>The socket of <see cref="Connect"/>.</summary>
    public LiveSocket Live => live ?? throw new InvalidOperationException($"{Username} has no socket: Connect first.");

    public static async Task<Person> Register(RunningServer server, string username, string displayName)
    {
        const string password = "long copper kettle 47";
        var registered = (await server.Anonymous.Post("auth/register", new { email = $"{username}@example.org", username, password, displayName })).Ok(201);
        var person = new Person(server, username, displayName, password, registered["user"].GetProperty("id").GetGuid());
        await person.LogIn();
        return person;
    }

    /// <summary>The same person on another server that knows their account.</summary>
    public static async Task<Person> Known(RunningServer server, Person person)
    {
        var there = new Person(server, person.Username, person.DisplayName, person.Password, person.Id);
        await there.LogIn();
        return there;
    }

    /// <summary>The same account at another device: a session and tokens of its own.</summary>
    public async Task<Person> AtAnotherDevice()
    {
        var other = new Person(Server, Username, DisplayName, Password, Id);
        await other.LogIn();
        return other;
    }

    /// <summary>The same session by another way, such as a balancer before the server.</summary>
    public Person Through(Uri address)
    {
        var there = new Person(Server, Username, DisplayName, Password, Id, address);
        there.Http.AccessToken = Http.AccessToken;
        return there;
    }

    public async Task LogIn()
    {
        var answer = (await Server.Anonymous.Post("auth/login", new { login = Username, password = Password })).Ok(200);
        Http.AccessToken = answer["accessToken"].GetString();
        RefreshToken = answer["refreshToken"].GetString()!;
    }

    /// <summary>Opens the device's socket and waits for <c>hello</c>.</summary>
    public async Task<LiveSocket> Connect(bool resume = false)
    {
        live = await Open(resume);
        return live;
    }

    /// <summary>Opens a further socket of the same session.</summary>
    public async Task<LiveSocket> Open(bool resume = false, Guid? onlyRoom = null)
    {
        var socket = await LiveSocket.Connect(Server.Address, SocketCredentials.Bearer(AccessToken), resume, onlyRoom);
        sockets.Add(socket);
        return socket;
    }

    public async Task<Guid> CreateRoom(string name, string type = "private", params Person[] members)
    {
        var answer = await Http.Post("rooms", new { type, name, memberIds = members.Select(m => m.Id) });
        return answer.Ok(201)["id"].GetGuid();
    }

    public async Task<Guid> DirectRoomWith(Person other) =>
        (await Http.Post("rooms", new { type = "direct", memberIds = new[] { other.Id } })).Ok()["id"].GetGuid();

    public async Task Add(Guid room, params Person[] people) =>
        (await Http.Post($"rooms/{room}/members", new { userIds = people.Select(p => p.Id) })).Ok();

    public async Task Remove(Guid room, Person other) => (await Http.Delete($"rooms/{room}/members/{other.Id}")).Ok(204);

    public async Task Join(Guid room) => (await Http.Post($"rooms/{room}/join")).Ok(204);

    public async Task Leave(Guid room) => (await Http.Post($"rooms/{room}/leave")).Ok(204);

    /// <summary>Posts over HTTP; the message as the server answers it.</summary>
    public async Task<JsonElement> Post(Guid room, string text, string? clientId = null) =>
        (await Http.Post($"rooms/{room}/messages", new { clientId = clientId ?? NewClientId(), text })).Ok()!.Json;

    /// <summary>Sends over the socket; the <c>ok</c>.</summary>
    public Task<JsonElement> Say(Guid room, string text, string? clientId = null) =>
        Live.Do("message.send", new { roomId = room, clientId = clientId ?? NewClientId(), text });

    /// <summary>The message with this text comes, or came, over the socket; its frame.</summary>
    public Task<JsonElement> Sees(string text) => Live.WaitFor(
        f => f.Type() == "message.created" && f.GetProperty("message").Text() == text, $"{Username} to see \"{text}\"");

    /// <summary>Nothing with this text has come, now that all that was committed before is here.</summary>
    public async Task HasNotSeen(string text)
    {
        await Live.Settle();
        Live.Frames.ShouldNotContain(f => f.Type() == "message.created" && f.GetProperty("message").Text() == text);
    }

    /// <summary>A room's whole log over HTTP.</summary>
    public async Task<IReadOnlyList<JsonElement>> Events(Guid room, long after = 0)
    {
        var all = new List<JsonElement>();
        while (true)
        {
            var page = (await Http.Get($"rooms/{room}/events?after={after}&limit=1000")).Ok(200);
            var items = page["items"].EnumerateArray().ToArray();
            all.AddRange(items);
            if (items.Length == 0 || items[^1].Seq() >= page["lastSeq"].GetInt64())
            {
                return all;
            }

            after = items[^1].Seq();
        }
    }

    /// <summary>A room's whole history over HTTP, paged forward.</summary>
    public async Task<IReadOnlyList<JsonElement>> History(Guid room)
    {
        var all = new List<JsonElement>();
        var after = 0L;
        while (true)
        {
            var page = (await Http.Get($"rooms/{room}/messages?after={after}&limit=200")).Ok(200);
            all.AddRange(page["items"].EnumerateArray());
            if (!page["hasAfter"].GetBoolean())
            {
                return all;
            }

            after = all[^1].Seq();
        }
    }

    public static string NewClientId() => Guid.CreateVersion7().ToString("N");

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }

        Http.Dispose();
    }
}
