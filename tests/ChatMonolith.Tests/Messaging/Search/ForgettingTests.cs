using System.Text;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Search;
using ChatMonolith.Tests.Harness;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Messaging.Search;

/// <summary>What is gone from the messages is gone from the index: with its words, and on SQLite from the file's free space too.</summary>
public class ForgettingTests
{
    /// <summary>A word of letters that nothing else holds, so that no part of it can come from elsewhere.</summary>
    private const string Canary = "ꙮꙗꙙ";

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_deleted_text_leaves_the_index_with_its_words_and_their_parts_A111(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        var room = Guid.CreateVersion7();
        var ids = await Write(server, room, 0, [.. Enumerable.Range(0, 40).Select(i => i == 20 ? $"it says {Canary}" : $"message number {i}")]);
        await Follow(server);
        (await Holds(server)).ShouldBeTrue("the search itself works");

        await Delete(server, room, ids[20]);
        await Follow(server);
        await server.Services.GetRequiredService<SearchIndex>().Tidy(CancellationToken.None);

        (await Holds(server)).ShouldBeFalse();
        (await Find(server, room, Canary)).ShouldBeEmpty();
        (await Find(server, room, "number")).Count.ShouldBe(39);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Stale_entries_of_the_index_find_nothing(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        var room = Guid.CreateVersion7();
        var ids = await Write(server, room, 0, ["one zebra", "two zebras", "three zebras"]);
        await Follow(server);

        // The index is not told.
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            (await db.Messages.SingleAsync(m => m.Id == ids[0])).DeletedAt = 1;
            (await db.Messages.SingleAsync(m => m.Id == ids[1])).Text = "two horses";
            await db.SaveChangesAsync();
        }

        (await Find(server, room, "zebra")).ShouldBe([ids[2]]);
        (await Find(server, Guid.CreateVersion7(), "zebra")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_purged_room_and_expired_messages_leave_the_index(Engine engine)
    {
        await using var server = await BuiltServer.Compose(engine);
        await server.Migrate();
        var (gone, kept) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Write(server, gone, 0, [.. Enumerable.Range(0, 600).Select(i => $"gone {i}")]);
        var ids = await Write(server, kept, 0, [.. Enumerable.Range(0, 600).Select(i => $"kept {i}")]);
        await Follow(server);

        // As retention does it: the oldest messages go, and one entry tells of it.
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            db.Messages.RemoveRange(await db.Messages.Where(m => m.RoomId == kept && m.Seq <= 550).ToListAsync());
            await Append(db, kept, LogEntryType.MessagesExpired, null);
        }

        await Follow(server);
        var index = server.Services.GetRequiredService<SearchIndex>();
        (await Count(server)).ShouldBe((650, 2));
        await index.Purge(gone, CancellationToken.None);

        (await Count(server)).ShouldBe((50, 1));
        (await Find(server, gone, "gone")).ShouldBeEmpty();
        (await Find(server, kept, "kept")).ShouldBe(ids[550..].Reverse());
        (await Terms(server)).ShouldNotContain("gone");
        (await Terms(server)).ShouldNotContain(ChatMonolith.Messaging.Search.Terms.Room(gone));
    }

    private static async Task<Guid[]> Write(BuiltServer server, Guid room, long at, string[] texts)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var rows = texts.Select((text, i) => new MessageRow { Id = Guid.CreateVersion7(), RoomId = room, Seq = i + 1, SenderId = room, ClientId = $"c{i}", Text = text, CreatedAt = at + i }).ToArray();
        db.Messages.AddRange(rows);
        db.Log.AddRange(rows.Select(r => new LogRow { RoomId = room, Seq = r.Seq, At = r.CreatedAt, Type = LogEntryType.MessageCreated, ById = room, MessageId = r.Id }));
        db.Heads.Add(new RoomHeadRow { RoomId = room, Seq = texts.Length, Digest = new byte[32] });
        await db.SaveChangesAsync();
        return [.. rows.Select(r => r.Id)];
    }

    private static async Task Delete(BuiltServer server, Guid room, Guid id)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var row = await db.Messages.SingleAsync(m => m.Id == id);
        (row.Text, row.DeletedAt) = (null, 1);
        await Append(db, room, LogEntryType.MessageDeleted, id);
    }

    private static async Task Append(MessagingDb db, Guid room, LogEntryType type, Guid? messageId)
    {
        var head = await db.Heads.SingleAsync(h => h.RoomId == room);
        head.Seq++;
        db.Log.Add(new LogRow { RoomId = room, Seq = head.Seq, At = 10_000, Type = type, ById = room, MessageId = messageId });
        await db.SaveChangesAsync();
    }

    private static Task Follow(BuiltServer server) =>
        server.Services.GetRequiredService<SearchIndex>().Follow(everywhere: true, static _ => Task.CompletedTask, CancellationToken.None);

    private static async Task<IReadOnlyList<Guid>> Find(BuiltServer server, Guid room, string text)
    {
        await using var store = await SearchStore.Open(server.Database, CancellationToken.None);
        var request = new SearchRequest(SearchPattern.Parse(text)!, [room], SenderId: null, HasFile: false, After: null, Before: null, Below: null, Limit: 200);
        return (await new SearchWalk(store, request).Run(CancellationToken.None)).MessageIds;
    }

    private static async Task<(int Documents, int Heads)> Count(BuiltServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        return (await db.Set<SearchDocumentRow>().CountAsync(), await db.SearchHeads.CountAsync());
    }

    private static async Task<List<string>> Terms(BuiltServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MessagingDb>().Set<SearchTermRow>().Select(t => t.Term).ToListAsync();
    }

    /// <summary>Any pair of the canary's letters, in the bytes of SQLite's file or in PostgreSQL's tables.</summary>
    private static async Task<bool> Holds(BuiltServer server)
    {
        await using var connection = await server.Database.Open(CancellationToken.None);
        await using var command = connection.CreateCommand();
        if (!server.Database.IsSqlite)
        {
            command.CommandText = $"SELECT EXISTS (SELECT 1 FROM msg_search_terms WHERE term LIKE '%{Canary[..2]}%') OR EXISTS (SELECT 1 FROM msg_search_grams WHERE grams::text LIKE '%{Canary[..2]}%')";
            return (bool)(await command.ExecuteScalarAsync())!;
        }

        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(server.Database.SqlitePath)!, "chat.db*"))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes);
            if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary[..2])) >= 0 || bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary[1..])) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
