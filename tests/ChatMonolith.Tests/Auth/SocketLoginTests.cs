using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

/// <summary>Who may open a socket (real-time contract, "Connect").</summary>
public abstract class SocketLoginTests(ServerFixture fixture) : ServerTests(fixture)
{
    private string Own => Server.Address.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task All_four_ways_open_a_socket_of_the_same_session()
    {
        await using var ann = await Server.Register("ann");
        var session = TokenForge.ClaimsOf(ann.AccessToken)["sid"]!.ToString();
        foreach (var credentials in (SocketCredentials[])[SocketCredentials.Ticket(await Ticket(ann)), SocketCredentials.Bearer(ann.AccessToken), SocketCredentials.Cookie("__Host-chat-access=" + ann.AccessToken, Own), SocketCredentials.Token(ann.AccessToken)])
        {
            await using var socket = await LiveSocket.Connect(Server.Address, credentials);
            socket.Hello.Word("sessionId").ShouldBe(session);
            socket.Hello.Word("userId").ShouldBe(ann.Id.ToString());
        }
    }

    [Fact]
    public async Task A48_a_ticket_opens_one_socket_even_when_fifty_ask_at_once()
    {
        await using var ann = await Server.Register("ann");
        var ticket = await Ticket(ann);
        var attempts = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                return await LiveSocket.Connect(Server.Address, SocketCredentials.Ticket(ticket));
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                return null;
            }
        }));
        attempts.Count(s => s is not null).ShouldBe(1);
        foreach (var socket in attempts.OfType<LiveSocket>())
        {
            await socket.DisposeAsync();
        }
    }

    [Fact]
    public async Task A48_a_ticket_is_too_old_after_its_time()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("Auth__TicketSeconds", "1"));
        await using var ann = await server.Register("ann");
        var answer = (await ann.Http.Post("auth/ws-ticket")).Ok(200);
        answer["expiresIn"].GetInt32().ShouldBe(1);
        var issued = TimeProvider.System.GetTimestamp();
        await Deadline.Until(() => TimeProvider.System.GetElapsedTime(issued) > TimeSpan.FromSeconds(1.2), "the ticket's time to be over");
        (await Handshake(server, "?ticket=" + answer["ticket"].GetString())).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A47_a_foreign_origin_is_refused_whatever_the_credential()
    {
        await using var ann = await Server.Register("ann");
        foreach (var origin in (string[])["https://evil.example", "null", Own + ".evil.example", Own.Replace("http://", "https://", StringComparison.Ordinal), "http://evil-" + Server.Address.Authority])
        {
            (await Handshake(Server, "?ticket=" + await Ticket(ann), ("Origin", origin))).Fails(403, "csrf");
            (await Handshake(Server, "?token=" + ann.AccessToken, ("Origin", origin))).Fails(403, "csrf");
            (await Handshake(Server, "", ("Origin", origin), ("Authorization", "Bearer " + ann.AccessToken))).Fails(403, "csrf");
            (await Handshake(Server, "", ("Origin", origin), ("Cookie", "__Host-chat-access=" + ann.AccessToken))).Fails(403, "csrf");
        }

        (await Handshake(Server, "", ("Cookie", "__Host-chat-access=" + ann.AccessToken))).Fails(403, "csrf");
    }

    [Fact]
    public async Task The_first_credential_decides_and_is_not_rescued_by_another()
    {
        await using var ann = await Server.Register("ann");
        var good = ("Authorization", "Bearer " + ann.AccessToken);
        (await Handshake(Server, "?ticket=nonsense", good)).Fails(401, "unauthenticated");
        (await Handshake(Server, "?ticket=", good)).Fails(401, "unauthenticated");
        (await Handshake(Server, "?token=" + ann.AccessToken, ("Authorization", "Bearer nonsense"))).Fails(401, "unauthenticated");
        (await Handshake(Server, "?token=" + ann.AccessToken, ("Cookie", "__Host-chat-access=nonsense"), ("Origin", Own))).Fails(401, "unauthenticated");
        (await Handshake(Server, "?token=nonsense")).Fails(401, "unauthenticated");
        (await Handshake(Server, "")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A36_what_is_no_access_token_opens_no_socket()
    {
        await using var ann = await Server.Register("ann");
        (await Handshake(Server, "?token=" + ann.RefreshToken)).Fails(401, "unauthenticated");
        (await Handshake(Server, "?token=" + await Ticket(ann))).Fails(401, "unauthenticated");
        (await Handshake(Server, "?ticket=" + ann.AccessToken)).Fails(401, "unauthenticated");
    }

    private static async Task<string> Ticket(Person person) => (await person.Http.Post("auth/ws-ticket")).Ok(200)["ticket"].GetString()!;

    /// <summary>A handshake by plain HTTP, to read the problem with which it is refused.</summary>
    private static Task<Answer> Handshake(RunningServer server, string query, params (string, string)[] headers) =>
        server.Anonymous.Send(HttpMethod.Get, "/ws" + query, null,
            [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), .. headers]);

    public sealed class OnSqlite(SqliteServer s) : SocketLoginTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : SocketLoginTests(s);
}
