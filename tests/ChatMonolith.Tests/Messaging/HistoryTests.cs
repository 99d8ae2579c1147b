using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

public abstract class HistoryTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : HistoryTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : HistoryTests(s);

    [Fact]
    public async Task History_is_ascending_and_pages_both_ways()
    {
        var (ann, room, posted) = await RoomWith(25);

        var newest = (await ann.Http.Get($"rooms/{room}/messages?limit=10")).Ok(200);
        Seqs(newest).ShouldBe(posted[15..]);
        (newest["hasBefore"].GetBoolean(), newest["hasAfter"].GetBoolean()).ShouldBe((true, false));
        newest["atSeq"].GetInt64().ShouldBe(posted[^1]);

        var before = (await ann.Http.Get($"rooms/{room}/messages?limit=10&before={posted[15]}")).Ok(200);
        Seqs(before).ShouldBe(posted[5..15]);
        (before["hasBefore"].GetBoolean(), before["hasAfter"].GetBoolean()).ShouldBe((true, true));

        var first = (await ann.Http.Get($"rooms/{room}/messages?limit=10&before={posted[5]}")).Ok(200);
        Seqs(first).ShouldBe(posted[..5]);
        (first["hasBefore"].GetBoolean(), first["hasAfter"].GetBoolean()).ShouldBe((false, true));

        var after = (await ann.Http.Get($"rooms/{room}/messages?limit=10&after={posted[4]}")).Ok(200);
        Seqs(after).ShouldBe(posted[5..15]);
        (after["hasBefore"].GetBoolean(), after["hasAfter"].GetBoolean()).ShouldBe((true, true));

        var end = (await ann.Http.Get($"rooms/{room}/messages?after={posted[^1]}")).Ok(200);
        Seqs(end).ShouldBeEmpty();
        (end["hasBefore"].GetBoolean(), end["hasAfter"].GetBoolean()).ShouldBe((true, false));

        var around = (await ann.Http.Get($"rooms/{room}/messages?limit=10&around={posted[12]}")).Ok(200);
        Seqs(around).ShouldBe(posted[7..17]);
        (around["hasBefore"].GetBoolean(), around["hasAfter"].GetBoolean()).ShouldBe((true, true));
        Seqs((await ann.Http.Get($"rooms/{room}/messages?limit=10&around={long.MaxValue}")).Ok(200)).ShouldBe(posted[20..]);
        Seqs((await ann.Http.Get($"rooms/{room}/messages?before={long.MaxValue}")).Ok(200)).ShouldBe(posted);
        Seqs((await ann.Http.Get($"rooms/{room}/messages?after={long.MaxValue}")).Ok(200)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("before=3&after=1")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("before=-1")]
    [InlineData("around=x")]
    public async Task A_page_that_cannot_be_is_refused(string query)
    {
        var (ann, room, _) = await RoomWith(1);

        (await ann.Http.Get($"rooms/{room}/messages?{query}")).Fails(400, "validation");
    }

    [Fact]
    public async Task Thread_replies_stand_in_their_thread_and_not_in_the_history()
    {
        var (ann, room, posted) = await RoomWith(2);
        var root = (await ann.History(room))[0];
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "r", text = "reply", threadId = root.Id() })).Ok(201);

        var page = (await ann.Http.Get($"rooms/{room}/messages")).Ok(200);

        Seqs(page).ShouldBe(posted);
        page["items"][0].Number("replyCount").ShouldBe(1);
        page["atSeq"].GetInt64().ShouldBe(posted[^1] + 1);
    }

    [Fact]
    public async Task A_stranger_gets_no_history()
    {
        var (_, room, _) = await RoomWith(1);
        var eve = await Server.Register("Eve");

        foreach (var path in new[] { "messages", "pins", "receipts", "events" })
        {
            (await eve.Http.Get($"rooms/{room}/{path}")).Fails(404, "not_found");
        }
    }

    [Fact]
    public async Task A_thousand_deleted_messages_end_no_page_early_B32()
    {
        var (ann, room, posted) = await RoomWith(10);
        await ann.Connect();
        var deleted = new List<JsonElement>();
        foreach (var batch in Enumerable.Range(0, 1_000).Chunk(50))
        {
            deleted.AddRange(await Task.WhenAll(batch.Select(_ => ann.Say(room, "gone"))));
        }

        foreach (var batch in deleted.Chunk(50))
        {
            await Task.WhenAll(batch.Select(d => ann.Live.Do("message.delete", new { messageId = d.Id() })));
        }

        var last = await ann.Post(room, "last");
        var forward = (await ann.History(room)).Select(m => m.Seq()).ToArray();
        var backward = new List<long>();
        for (var before = long.MaxValue; ;)
        {
            var page = (await ann.Http.Get($"rooms/{room}/messages?limit=70&before={before}")).Ok(200);
            backward.InsertRange(0, Seqs(page));
            if (!page["hasBefore"].GetBoolean())
            {
                break;
            }

            before = backward[0];
        }

        long[] expected = [.. posted, .. deleted.Select(d => d.Seq()).Order(), last.Seq()];
        forward.ShouldBe(expected);
        backward.ShouldBe(expected);
    }

    private static long[] Seqs(Answer page) => [.. page["items"].EnumerateArray().Select(m => m.Seq())];

    private async Task<(Person Ann, Guid Room, long[] Posted)> RoomWith(int messages)
    {
        var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("history");
        var posted = new long[messages];
        for (var i = 0; i < messages; i++)
        {
            posted[i] = (await ann.Post(room, $"message {i}")).Seq();
        }

        return (ann, room, posted);
    }
}
