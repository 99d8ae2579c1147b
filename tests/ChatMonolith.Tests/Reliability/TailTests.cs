using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Messaging;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Tests.Reliability;

/// <summary>The tail in which plain messages wait for the tables (ADR 0022): nobody sees it, and no crash finds a gap in it.</summary>
public sealed class TailTests
{
    [Fact]
    public async Task Who_reads_sees_at_once_what_still_waits_and_a_stop_leaves_nothing_waiting()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        await using var socket = await ann.Connect();
        for (var i = 1; i <= 20; i++)
        {
            await ann.Say(room, $"text {i}");
            (await ann.History(room)).Count.ShouldBe(i);
        }

        await ann.Say(room, "the last one");
        (await server.Stop()).ShouldBe(0);
        (await Count(server, "msg_tail")).ShouldBe(0);
        (await Count(server, "msg_messages")).ShouldBe(21);
    }

    [Fact]
    public async Task What_waited_when_the_server_was_killed_is_there_again_under_the_same_numbers_and_still_once()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        var ann = await server.Register("ann");
        var (first, second) = (await ann.CreateRoom("one"), await ann.CreateRoom("two"));
        var said = 0;
        do
        {
            // On a busy machine the kill may come just after a merge: then once more.
            said.ShouldBeLessThan(100);
            await using (var socket = await ann.Connect())
            {
                await ann.History(first);
                for (var end = said + 10; said < end;)
                {
                    said++;
                    await ann.Say(said % 2 == 0 ? first : second, $"text {said}", $"c{said}");
                }

                await server.Kill9();
            }

            var waiting = await Count(server, "msg_tail");
            await server.Restart();
            if (waiting > 0)
            {
                break;
            }
        }
        while (true);

        var repeat = (await ann.Http.Post($"rooms/{first}/messages", new { clientId = $"c{said}", text = $"text {said}" })).Ok(200);
        repeat["seq"].GetInt64().ShouldBe((said / 2) + 1);
        var events = await ann.Events(first);
        events.Select(e => e.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, (said / 2) + 1).Select(n => (long)n));
        (await ann.History(second)).Select(m => m.Text()).ShouldBe(Enumerable.Range(0, said / 2).Select(n => $"text {(2 * n) + 1}"));
        await ann.Http.Post($"messages/{repeat["id"].GetGuid()}/pin");
        (await ann.Http.Patch($"messages/{repeat["id"].GetGuid()}", new { text = "changed" })).Ok(200);
        await server.Kill9();
        await server.Restart();
        (await ann.History(first))[^1].Text().ShouldBe("changed");
    }

    [Fact]
    public async Task A_repeat_is_found_whatever_the_order_of_client_ids_merged_or_waiting_and_after_a_kill()
    {
        string[] clientIds = ["m", "a", "z", "zz", "z0", "é", "😀", "\uFFFD", "0190", "019"];
        await using var server = await RunningServer.Start(Engine.Sqlite);
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        var first = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var clientId in clientIds)
        {
            first[clientId] = await Send(clientId, 201);
            (await Send(clientId, 200)).ShouldBe(first[clientId]);
            if (first.Count % 3 == 0)
            {
                // Who reads has everything merged.
                (await ann.History(room)).Count.ShouldBe(first.Count);
                (await Send(clientId, 200)).ShouldBe(first[clientId]);
            }
        }

        await AllAreRepeats();
        await server.Kill9();
        await server.Restart();
        await AllAreRepeats();
        (await ann.History(room)).Count.ShouldBe(clientIds.Length);

        async Task AllAreRepeats()
        {
            foreach (var clientId in clientIds)
            {
                (await Send(clientId, 200)).ShouldBe(first[clientId]);
            }
        }

        async Task<Guid> Send(string clientId, int status) =>
            (await ann.Http.Post($"rooms/{room}/messages", new { clientId, text = "text of " + clientId })).Ok(status)["id"].GetGuid();
    }

    [Fact]
    public async Task A_merge_that_was_cut_between_rooms_goes_on_where_it_stood()
    {
        await using var server = await BuiltServer.Compose(Engine.Sqlite);
        await server.Migrate();
        var rooms = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToArray();
        var heads = new LogHeads();
        await using (var connection = await Opened(server, heads))
        {
            foreach (var room in rooms)
            {
                await connection.Store.InsertHead(room, Digest.Start(room), CancellationToken.None);
                heads.Rooms[room] = await connection.Store.LoadRoomHead(room, CancellationToken.None);
            }

            for (var commit = 0; commit < 10; commit++)
            {
                await Commit(connection, heads, rooms, merge: false);
            }

            connection.Store.Unmerged.ShouldBe(50);
            await Commit(connection, heads, [], merge: true);
            connection.Store.Unmerged.ShouldBeInRange(1, 40);

            // Neither committed nor merged: as if the process had died here.
            await using var lost = await connection.Begin(CancellationToken.None);
            connection.Store.Begun(onlyPlain: false);
        }

        var anew = new LogHeads();
        await using var after = await Opened(server, anew);
        after.Store.Unmerged.ShouldBeInRange(1, 40);
        await Commit(after, anew, [], merge: false, onlyPlain: false);
        after.Store.Unmerged.ShouldBe(0);
        foreach (var room in rooms)
        {
            var head = (await after.Store.LoadRoomHead(room, CancellationToken.None)).Committed;
            head.Seq.ShouldBe(10);
            head.Digest.ShouldBe(heads.Rooms[room].Committed.Digest);
        }

        (await Scalar(after, "SELECT COUNT(*) FROM msg_messages")).ShouldBe(50);
        (await Scalar(after, "SELECT COUNT(*) FROM msg_log")).ShouldBe(50);
        (await Scalar(after, "SELECT COUNT(*) FROM msg_tail")).ShouldBe(0);
    }

    [Fact]
    public async Task A_tail_that_does_not_fit_the_tables_stops_the_start_with_one_clear_line()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        await using (var socket = await ann.Connect())
        {
            await ann.History(room);
            await ann.Say(room, "text");
            await server.Kill9();
        }

        await using (var connection = Open(server))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE msg_heads SET seq = 0";
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
        }

        (await Should.ThrowAsync<Exception>(server.Restart)).Message.ShouldContain("The log's tail holds message 2");
    }

    private static async Task<LogConnection> Opened(BuiltServer server, LogHeads heads) => await LogConnection.Open(server.Database, heads, CancellationToken.None);

    /// <summary>One message for each room, as the writer commits them; with <paramref name="merge"/>, part of what waits is merged.</summary>
    private static async Task Commit(LogConnection connection, LogHeads heads, Guid[] rooms, bool merge, bool onlyPlain = true)
    {
        var staged = new StagedHeads(heads, connection.Store);
        await using var transaction = await connection.Begin(CancellationToken.None);
        connection.Store.Begun(onlyPlain);
        if (merge)
        {
            ((SqliteLogStore)connection.Store).MergeSome(atLeast: 15);
        }

        var messages = new List<NewMessage>();
        foreach (var room in rooms)
        {
            var before = await staged.Room(room, CancellationToken.None);
            var (id, sender) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            var entry = new Contracts.Messaging.LogEntry(Contracts.Messaging.LogEntryType.MessageCreated, sender, id);
            var state = new LogHead.State(before.Seq + 1, Digest.Next(before.Digest, room, before.Seq + 1, entry, 1_000));
            staged.Advance(room, state);
            messages.Add(new NewMessage(id, room, state, sender, "c", [1, 2, 3], "text", state.Seq % 2 == 0 ? "<b>text</b>" : null, null, null, 1_000));
        }

        await connection.Store.InsertMessages(messages, CancellationToken.None);
        await connection.Store.UpdateHeads(staged, CancellationToken.None);
        await transaction.CommitAsync();
        staged.Commit();
        connection.Store.Committed();
        connection.Store.Transaction = null;
    }

    private static async Task<long> Scalar(LogConnection connection, string sql)
    {
        await using var command = connection.Raw.CreateCommand();
#pragma warning disable CA2100 // The text is the test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static SqliteConnection Open(RunningServer server)
    {
        SqliteNative.Initialize();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(server.DataFolder, "chat.db"), Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static async Task<long> Count(RunningServer server, string table)
    {
        await using var connection = Open(server);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the test's own.
        command.CommandText = "SELECT COUNT(*) FROM " + table;
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
