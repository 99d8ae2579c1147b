using System.Text;
using ChatMonolith.Tests.Harness;
using Npgsql;

namespace ChatMonolith.Tests.Messaging;

/// <summary>What is deleted is not somewhere else: in no table, and on SQLite not in a free page of the file either (A111).</summary>
public abstract class TombstoneTests(ServerFixture fixture) : ServerTests(fixture)
{
    private const string Canary = "canary-7f3a9c";

    public sealed class OnSqlite(SqliteServer s) : TombstoneTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : TombstoneTests(s);

    [Fact]
    public async Task A_deleted_text_is_nowhere_in_the_database_A111()
    {
        await using var server = await RunningServer.Start(Engine);
        var ann = await server.Register("Ann");
        var room = await ann.CreateRoom("secrets");
        var message = await ann.Post(room, $"**{Canary}** one");
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = $"**{Canary}** two" })).Ok();
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "q", text = "a quote", replyTo = message.Id() })).Ok(201);
        (await Holds(server)).ShouldBeTrue("the search itself works");

        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);

        // The stop checkpoints: what is left is in the file.
        (await server.Stop()).ShouldBe(0);
        (await Holds(server)).ShouldBeFalse();
    }

    private static async Task<bool> Holds(RunningServer server) => server.Engine is Engine.Sqlite
        ? Directory.EnumerateFiles(server.DataFolder, "chat.db*").Any(HoldsFile)
        : await HoldsTables(server.ConnectionString);

    private static bool HoldsFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary)) >= 0;
    }

    private static async Task<bool> HoldsTables(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var tables = new List<string>();
        await using (var list = source.CreateCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (var table in tables)
        {
#pragma warning disable CA2100 // The names come from the catalogue.
            await using var search = source.CreateCommand($"SELECT EXISTS (SELECT 1 FROM \"{table}\" AS t WHERE t::text LIKE '%{Canary}%')");
#pragma warning restore CA2100
            if ((bool)(await search.ExecuteScalarAsync())!)
            {
                return true;
            }
        }

        return false;
    }
}
