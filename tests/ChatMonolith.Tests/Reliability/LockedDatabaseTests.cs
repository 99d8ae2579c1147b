using ChatMonolith.Tests.Harness;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.Tests.Reliability;

/// <summary>C8, C16: the database is locked by somebody else, or goes away and comes back.</summary>
public sealed class LockedDatabaseTests
{
    [Fact]
    public async Task C8_A_locked_SQLite_file_answers_unavailable_in_time_and_loses_nothing()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("Database__BusyTimeoutSeconds", "1"));
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        await ann.Post(room, "before", "before");
        await using (var intruder = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(server.DataFolder, "chat.db"), Pooling = false }.ToString()))
        {
            await intruder.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = intruder.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "during", text = "during" })).Fails(503, "unavailable");
            (await server.Anonymous.Get("/health/live")).Ok(200);
        }

        await Deadline.Until(async () => (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "during", text = "during" })).IsOk, "the repeat to be taken");
        (await ann.History(room)).Select(m => m.Text()).ShouldBe(["before", "during"]);
    }

    /// <summary>More of them than contexts may have connections open at once: each has to give back what it holds.</summary>
    [Fact]
    public async Task C8_Writers_that_waited_in_vain_or_left_while_waiting_hold_nothing_afterwards()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("Database__BusyTimeoutSeconds", "1"));
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        using var impatient = new HttpClient { BaseAddress = server.Address };
        impatient.DefaultRequestHeaders.Authorization = new("Bearer", ann.AccessToken);
        await using (var intruder = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(server.DataFolder, "chat.db"), Pooling = false }.ToString()))
        {
            await intruder.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = intruder.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var waiting = Enumerable.Range(0, 40).Select(_ => ann.Http.Post("auth/2fa/totp")).ToArray();
            var leaving = Enumerable.Range(0, 40).Select(i => Left(impatient, i)).ToArray();
            foreach (var answer in await Task.WhenAll(waiting))
            {
                answer.Fails(503, "unavailable");
            }

            await Task.WhenAll(leaving);
        }

        (await ann.Http.Post("auth/2fa/totp")).Ok(200);
        await ann.Post(room, "after", "after");
        (await ann.History(room)).Select(m => m.Text()).ShouldBe(["after"]);
    }

    private static async Task Left(HttpClient client, int i)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200 + (10 * i)));
        try
        {
            using var answer = await client.PostAsync("/api/v1/auth/2fa/totp", null, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // That is what this client is for.
        }
    }

    [Fact]
    public async Task C16_A_lost_database_connection_answers_unavailable_and_heals_without_a_restart()
    {
        await using var server = await RunningServer.Start(Engine.PostgreSql);
        var ann = await server.Register("ann");
        var room = await ann.CreateRoom("r");
        await ann.Post(room, "before", "before");
        var live = await ann.Connect();
        await using (var admin = new NpgsqlConnection(server.ConnectionString))
        {
            await admin.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = admin.CreateCommand();
            command.CommandText = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        await Deadline.Until(async () => (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "after", text = "after" })).IsOk, "the pool to heal", TimeSpan.FromSeconds(10));
        (await ann.History(room)).Select(m => m.Text()).ShouldBe(["before", "after"]);
        await ann.Sees("after");
        live.Closed.IsCompleted.ShouldBeFalse("nothing was being committed, so nothing is in doubt");
    }
}
