using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Reading;
using ChatMonolith.Messaging.Search;
using ChatMonolith.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Messaging;

/// <summary>The queries that run all the time walk an index, on both databases, as the databases themselves say.</summary>
public class QueryPlanTests
{
    private const int Messages = 20_000;
    private const int Rooms = 40;
    private static readonly string[] LargeTables = ["msg_messages", "msg_log", "msg_reactions", "msg_reads", "msg_user_log", "msg_mentions", "msg_notifications", "msg_search_terms", "msg_search_postings", "msg_search_documents", "msg_search_grams"];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task No_reader_scans_a_large_table(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        var filled = await Fill(server);
        var plans = new Plans(LargeTables);
        await using var db = Watched(server, plans);
        var (room, root, user) = (filled.Room, filled.Root, filled.User);
        var ct = CancellationToken.None;

        await Uses("msg_messages_history", () => History.Before(db, null!, room, long.MaxValue, 50, ct));
        await Uses("msg_messages_history", () => History.Before(db, null!, room, 400, 50, ct));
        await Uses("msg_messages_history", () => History.After(db, null!, room, 100, 50, ct));
        await Uses("msg_messages_history", () => History.Around(db, null!, room, 300, 50, ct));
        await Uses("msg_messages_pins", () => GetPins.Handler.Read(db, null!, room, before: null, 50, ct));
        await Uses("msg_messages_thread", () => GetThread.Handler.Read(db, null!, room, root, after: 0, limit: 50, ct));
        await Uses("msg_messages_threads", () => ListThreads.Handler.Step(db, new ListThreads.Place(900, root), 50, ct));
        await Uses("msg_messages_thread", () => ListThreads.Handler.OfPerson(db, [new ListThreads.Place(900, root)], user, ct));
        await Uses("msg_log", () => new LogReader(db, null!, rooms: null!).Room(room, after: 10, upTo: 500, limit: 100, ct));
        await Uses("msg_user_log", () => new LogReader(db, null!, rooms: null!).User(user, after: 10, upTo: 500, limit: 100, ct));
        await Uses("msg_messages", () => MessageViews.Load(db, null!, filled.Some, ct));
        var many = (await MessageViews.Load(db, null!, filled.Some, ct)).Values.Select(v => v with { Reactions = [new ReactionView("👍", 21, [])] }).ToList();
        await Uses("msg_reactions", () => MessageViews.For(user, db, many, ct));
        plans.Clear();
        await Explain(server.Database, plans, RoomSummaries.EndsSql(2, server.Database.IsSqlite), user, [room, filled.OtherRoom]);
        plans.ShouldUse("msg_messages_history");
        plans.ShouldScanNothing();
        await ExplainSearch(server, plans, filled);

        async Task Uses(string index, Func<Task> read)
        {
            plans.Clear();
            await read();
            plans.ShouldUse(index);
            plans.ShouldScanNothing();
        }
    }

    /// <summary>Everything that a search and the index's follower look up.</summary>
    private static async Task ExplainSearch(BuiltServer server, Plans plans, Filled filled)
    {
        await server.Services.GetRequiredService<SearchIndex>().Follow(everywhere: true, static _ => Task.CompletedTask, CancellationToken.None);
        await using var connection = await server.Database.Open(CancellationToken.None);
        var isSqlite = server.Database.IsSqlite;
        if (!isSqlite)
        {
            await using var analyze = connection.CreateCommand();
            analyze.CommandText = "ANALYZE";
            await analyze.ExecuteNonQueryAsync();
        }

        long[] keys = [Posting.Key(0, 1), Posting.Key(1, 2)];
        Uses("msg_search_terms_term", SqliteSearchStore.TermsSql, PostgresSearchStore.TermsSql, isSqlite ? "word" : (string[])["word", "text"]);
        Uses(isSqlite ? "msg_search_grams VIRTUAL TABLE" : "msg_search_grams_gin", SqliteSearchStore.TermsWithSql, PostgresSearchStore.TermsWithSql, isSqlite ? "\"77\" \"7x\"" : "'77' & '7x'", "77x", 100);
        Uses("msg_search_postings", SqliteSearchStore.PostingsSql, PostgresSearchStore.PostingsSql, isSqlite ? keys[0] : keys);
        Uses("msg_search_documents", SqliteSearchStore.DocumentsSql, PostgresSearchStore.DocumentsSql, isSqlite ? keys[0] : keys);
        Uses(isSqlite ? "SEARCH d USING INTEGER PRIMARY KEY" : "msg_search_documents", SqliteSearchStore.CandidatesSql, PostgresSearchStore.CandidatesSql, isSqlite ? keys[0] : keys, 0L, 10L);
        Uses("msg_search_documents_message", SqliteSearchStore.DocumentsOfSql, PostgresSearchStore.DocumentsOfSql, isSqlite ? server.Database.Id(filled.Root) : new[] { filled.Root });
        plans.Clear();
        await Explain(server.Database, plans, RoomLags.EntriesSql(2, isSqlite), filled.User, [filled.Room, filled.OtherRoom]);
        plans.ShouldUse("msg_log");
        plans.ShouldScanNothing();

        void Uses(string index, string onSqlite, string onPostgreSql, params object[] values)
        {
            plans.Clear();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the server's own.
            command.CommandText = isSqlite ? onSqlite : onPostgreSql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = isSqlite ? $"?{i + 1}" : "";
                parameter.Value = values[i];
                command.Parameters.Add(parameter);
            }

            plans.Explain(command);
            plans.ShouldUse(index);
            plans.ShouldScanNothing();
        }
    }

    private static async Task Explain(Database database, Plans plans, string sql, Guid user, Guid[] rooms)
    {
        await using var connection = await database.Open(CancellationToken.None);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the server's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.With("@user", database.Id(user));
        for (var i = 0; i < rooms.Length; i++)
        {
            command.With($"@r{i}", database.Id(rooms[i])).With($"@a{i}", 10L).With($"@h{i}", 1_000L);
        }

        plans.Explain(command);
    }

    private static MessagingDb Watched(BuiltServer server, Plans plans)
    {
        var builder = new DbContextOptionsBuilder<MessagingDb>().AddInterceptors(plans);
        if (server.Database.IsSqlite)
        {
            builder.UseSqlite(server.Database.CreateConnection(), contextOwnsConnection: true);
        }
        else
        {
            builder.UseNpgsql(server.Database.CreateConnection(), contextOwnsConnection: true);
        }

        return new MessagingDb(builder.Options);
    }

    private static async Task<Filled> Fill(BuiltServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var rooms = Enumerable.Range(0, Rooms).Select(_ => Guid.CreateVersion7()).ToArray();
        var people = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToArray();
        var roots = rooms.Select(_ => Guid.CreateVersion7()).ToArray();
        var some = new List<Guid>();
        for (var i = 0; i < Messages; i++)
        {
            var (room, seq) = (i % Rooms, (i / Rooms) + 1);
            var id = seq == 1 ? roots[room] : Guid.CreateVersion7();
            db.Messages.Add(new MessageRow
            {
                Id = id,
                RoomId = rooms[room],
                Seq = seq,
                SenderId = people[i % people.Length],
                ClientId = $"c{i}",
                Text = $"text {i % 2_000}x {i % 2_221}-{i % 2_213}y{i % 2_207}",
                ThreadId = seq % 5 == 2 ? roots[room] : null,
                ReplyToId = seq % 7 == 3 ? roots[room] : null,
                ReplyCount = seq == 1 ? 100 : 0,
                LastReplyAt = seq % 5 == 1 ? i : null,
                PinnedAt = seq % 100 == 0 ? seq : null,
                CreatedAt = i,
            });
            db.Log.Add(new LogRow { RoomId = rooms[room], Seq = seq, Type = LogEntryType.MessageCreated, ById = people[0], MessageId = id });
            db.UserLog.Add(new UserLogRow { UserId = people[i % people.Length], UserSeq = (i / people.Length) + 1, Type = "room.read" });
            db.Reactions.Add(new ReactionRow { MessageId = id, Emoji = "👍", UserId = people[0], At = i });
            db.Mentions.Add(new MentionRow { MessageId = id, UserId = people[(i + 1) % people.Length], RoomId = rooms[room], Seq = seq, SenderId = people[i % people.Length], Counts = true });
            db.Notifications.Add(new NotificationRow { Id = Guid.CreateVersion7(), UserId = people[(i + 1) % people.Length], Kind = NotificationKind.Mention, RoomId = rooms[room], MessageId = id, Seq = seq, ReadAt = i % 10 == 0 ? null : i });
            if (room == 0 && some.Count < 100)
            {
                some.Add(id);
            }
        }

        db.Heads.AddRange(rooms.Select(r => new RoomHeadRow { RoomId = r, Seq = Messages / Rooms, Digest = new byte[32] }));
        await db.SaveChangesAsync();
        if (!server.Database.IsSqlite)
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE");
        }

        return new Filled(rooms[0], rooms[1], roots[0], people[0], [.. some]);
    }

    private sealed record Filled(Guid Room, Guid OtherRoom, Guid Root, Guid User, Guid[] Some);
}
