using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>C10: a database that is not what the server left is not served from.</summary>
public sealed class CorruptDatabaseTests
{
    private static readonly int Cases = Depth.IsDeep ? 100 : 10;

    [Fact]
    public async Task C10_a_damaged_cut_or_exchanged_database_is_refused_with_a_code_and_a_hint()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        await ann.Post(room, "the first text");
        await server.Stop();
        var path = Path.Combine(server.DataFolder, "chat.db");
        var earlier = await File.ReadAllBytesAsync(path);
        await server.Restart();
        await ann.LogIn();
        for (var i = 0; i < 20; i++)
        {
            await ann.Post(room, $"text {i} " + new string('x', 300));
        }

        (await server.Stop()).ShouldBe(0);
        var good = await File.ReadAllBytesAsync(path);
        var seal = await File.ReadAllBytesAsync(Path.Combine(server.DataFolder, "chat.seal"));
        var dice = Dice.FromEnvironment();
        for (var i = 0; i < Cases; i++)
        {
            var damaged = (byte[])good.Clone();
            switch (i % 5)
            {
                case 0 or 1:
                    damaged[dice.Next(damaged.Length)] ^= (byte)(1 << dice.Next(8));
                    break;
                case 2:
                    Array.Clear(damaged, dice.Next(damaged.Length / 4096) * 4096, 4096);
                    break;
                case 3:
                    damaged = damaged[..dice.Next(damaged.Length)];
                    break;
                default:
                    damaged = earlier;
                    break;
            }

            if (damaged.AsSpan().SequenceEqual(good))
            {
                continue;
            }

            await File.WriteAllBytesAsync(path, damaged);
            await using var start = server.Launch();
            (await start.Exited()).ShouldBe(3, $"case {i}, seed {dice.Seed}: {start.Output}");
            start.Output.ShouldContain("chatctl backup restore");
            (await File.ReadAllBytesAsync(path)).ShouldBe(damaged);
            (await File.ReadAllBytesAsync(Path.Combine(server.DataFolder, "chat.seal"))).ShouldBe(seal);
        }

        await File.WriteAllBytesAsync(path, good);
        await server.Restart();
        await ann.LogIn();
        (await ann.History(room)).Count.ShouldBe(21);
    }

    [Fact]
    public async Task C10_a_lost_journal_or_an_older_copy_is_noticed_after_a_crash_too()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await server.Register("ann");
        var path = Path.Combine(server.DataFolder, "chat.db");
        await ann.CreateRoom("r");
        await server.Stop();
        var older = await File.ReadAllBytesAsync(path);
        await server.Restart();
        await ann.LogIn();
        await ann.CreateRoom("another");
        await server.Kill9();
        var (now, journal) = (await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(path + "-wal"));

        // Without its journal the file is whole to SQLite, and lacks what was acknowledged.
        File.Delete(path + "-wal");
        await File.WriteAllBytesAsync(path, older);
        await Refused(server);
        await File.WriteAllBytesAsync(path, now);
        await File.WriteAllBytesAsync(path + "-wal", journal);
        await server.Restart();
        await ann.LogIn();
        (await ann.Http.Get("rooms")).Ok(200)["items"].GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Who_changed_the_database_on_purpose_says_so_for_one_start()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await server.Register("ann");
        await server.Stop();
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "chat.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE auth_accounts SET bio = 'changed'";
            await command.ExecuteNonQueryAsync();
        }

        await Refused(server);
        server.Set("Database__AcceptChanges", "true");
        await server.Restart();
        await ann.LogIn();
        (await ann.Http.Get("auth/me")).Ok(200).Text.ShouldContain("changed");
    }

    private static async Task Refused(RunningServer server)
    {
        await using var start = server.Launch();
        (await start.Exited()).ShouldBe(3, start.Output);
        start.Output.ShouldContain("Cannot start: ");
    }
}
