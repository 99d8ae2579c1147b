using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>Who may open a socket, and how they say so (real-time contract, "Connect").</summary>
public abstract class ConnectTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : ConnectTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : ConnectTests(s);

    [Fact]
    public async Task The_first_frame_greets_with_what_a_client_needs()
    {
        var ann = await Server.Register("ann");
        var live = await ann.Connect();
        live.Hello.Number("protocol").ShouldBe(1);
        live.Hello.Id("userId").ShouldBe(ann.Id);
        live.Hello.Number("heartbeatSeconds").ShouldBe(15);
        live.Hello.Number("maxFrameBytes").ShouldBe(65_536);
        live.Hello.Word("epoch").ShouldNotBeEmpty();
        live.Hello.Number("userSeq").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A48_A_ticket_opens_one_socket_even_when_fifty_try_at_once()
    {
        var ann = await Server.Register("ann");
        var ticket = (await ann.Http.Post("auth/ws-ticket")).Ok()["ticket"].GetString()!;
        var tries = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RawSocket.Connect(Server.Address, SocketCredentials.Ticket(ticket).PathAndQuery())));
        tries.Count(t => t.Status == 101).ShouldBe(1);
        tries.Where(t => t.Status != 101).ShouldAllBe(t => t.Status == 401 && t.Code == "unauthenticated");
        foreach (var raw in tries)
        {
            await raw.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_token_in_the_query_opens_a_socket_and_is_in_no_log()
    {
        var ann = await Server.Register("ann");
        await using var raw = await RawSocket.Connect(Server.Address, SocketCredentials.Token(ann.AccessToken).PathAndQuery());
        raw.Status.ShouldBe(101);
        Server.Output.ShouldNotContain(ann.AccessToken);
    }

    [Fact]
    public async Task The_first_credentials_present_decide_and_are_not_rescued()
    {
        var ann = await Server.Register("ann");
        await using var raw = await RawSocket.Connect(Server.Address, SocketCredentials.Ticket("bad").PathAndQuery(), ("Authorization", "Bearer " + ann.AccessToken));
        raw.Status.ShouldBe(401);
        await using var other = await RawSocket.Connect(Server.Address, SocketCredentials.Token(ann.AccessToken).PathAndQuery(), ("Authorization", "Bearer nonsense"));
        other.Status.ShouldBe(401);
    }

    [Fact]
    public async Task No_credentials_are_refused_with_401_and_a_problem()
    {
        await using var raw = await RawSocket.Connect(Server.Address, "/ws");
        raw.Status.ShouldBe(401);
        raw.Code.ShouldBe("unauthenticated");
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("http://evil127.0.0.1")]
    public async Task A47_B38_A_foreign_origin_is_refused_with_403(string origin)
    {
        var ann = await Server.Register("ann");
        await using var raw = await RawSocket.Connect(Server.Address, "/ws", ("Authorization", "Bearer " + ann.AccessToken), ("Origin", origin));
        raw.Status.ShouldBe(403);
    }

    [Fact]
    public async Task A47_The_own_origin_is_taken()
    {
        var ann = await Server.Register("ann");
        await using var raw = await RawSocket.Connect(
            Server.Address, "/ws", ("Authorization", "Bearer " + ann.AccessToken), ("Origin", Server.Address.ToString().TrimEnd('/')));
        raw.Status.ShouldBe(101);
    }

    [Fact]
    public async Task A_handshake_that_is_none_is_refused_clearly()
    {
        var ann = await Server.Register("ann");
        await using var raw = await RawSocket.Connect(Server.Address, "/ws", ("Authorization", "Bearer " + ann.AccessToken), ("Sec-WebSocket-Version", "8"));
        raw.Status.ShouldBe(400);
        raw.Code.ShouldBe("validation");
    }

    [Fact]
    public async Task A_socket_narrowed_to_a_room_hears_that_room_alone_and_closes_with_4404_when_it_is_gone()
    {
        var ann = await Server.Register("ann");
        var bob = await Server.Register("bob");
        var room = await ann.CreateRoom("one", "private", bob);
        var other = await ann.CreateRoom("two", "private", bob);
        var live = await bob.Open(onlyRoom: room);
        await ann.Post(other, "elsewhere");
        await ann.Post(room, "here");
        await live.WaitFor(f => f.IsOf(room) && f.Type() == "message.created", "the message of the room");
        live.Frames.ShouldNotContain(f => f.Id("roomId") == other);
        await ann.Remove(room, bob);
        (await live.Closed.Within("the close")).ShouldBe(4404);
    }

    [Fact]
    public async Task A_socket_narrowed_to_a_foreign_room_is_refused_as_if_it_did_not_exist()
    {
        var ann = await Server.Register("ann");
        var bob = await Server.Register("bob");
        var room = await ann.CreateRoom("one");
        await using var foreign = await RawSocket.Connect(Server.Address, $"/ws/rooms/{room}", ("Authorization", "Bearer " + bob.AccessToken));
        await using var nowhere = await RawSocket.Connect(Server.Address, $"/ws/rooms/{Guid.CreateVersion7()}", ("Authorization", "Bearer " + bob.AccessToken));
        foreign.Status.ShouldBe(404);
        nowhere.Status.ShouldBe(404);
    }

    [Fact]
    public async Task A53_More_sockets_than_a_person_may_have_are_refused()
    {
        await using var server = await RunningServer.Start(Engine, ("Realtime__MaxConnectionsPerUser", "3"));
        var ann = await server.Register("ann");
        for (var i = 0; i < 3; i++)
        {
            await ann.Open();
        }

        await using var fourth = await RawSocket.Connect(server.Address, "/ws", ("Authorization", "Bearer " + ann.AccessToken));
        (await fourth.CloseCode()).ShouldBe(4429);
    }
}
