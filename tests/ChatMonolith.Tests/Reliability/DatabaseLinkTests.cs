using System.Globalization;
using ChatMonolith.Tests.Cluster;
using ChatMonolith.Tests.Harness;
using Npgsql;

namespace ChatMonolith.Tests.Reliability;

/// <summary>The way to PostgreSQL: encrypted and checked when the connection string says so, and bounded when nothing comes back on it.</summary>
public sealed class DatabaseLinkTests
{
    private const int Waiting = 40;

    [Fact]
    public async Task A105_PostgreSQL_is_spoken_to_only_over_TLS_and_only_with_its_own_certificate_where_that_is_asked_for()
    {
        using var postgres = await PostgresCluster.StartWithTls();
        using var folder = new TemporaryFolder();
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabase()) { SslMode = SslMode.VerifyFull, RootCertificate = postgres.CertificateFile };
        await using (var server = RunningServer.On(database.ToString()))
        {
            await server.Restart();
            await using var ann = await server.Register("Ann");
            await ann.Post(await ann.CreateRoom("r"), "over TLS");
            await using var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ToString()) { Pooling = false }.ToString());
            await admin.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = admin.CreateCommand();
            command.CommandText = "SELECT count(*) FILTER (WHERE s.ssl) || ' ' || count(*) FILTER (WHERE NOT s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name LIKE 'chatmonolith%'";
            var counts = ((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!).Split(' ');
            int.Parse(counts[0], CultureInfo.InvariantCulture).ShouldBeGreaterThan(1);
            counts[1].ShouldBe("0");
        }

        SelfSigned.Write(folder["another.crt"], folder["another.key"], "CN=postgres.test");
        database.RootCertificate = folder["another.crt"];
        await using var misled = RunningServer.On(database.ToString());
        misled.Launch();
        (await misled.Process.Exited()).ShouldNotBe(0);
        misled.Output.ShouldContain("certificate");
    }

    [Fact]
    public async Task A106_A_database_that_stands_still_is_waited_for_within_bounds_and_needs_no_restart_afterwards()
    {
        var postgres = await PostgresCluster.Shared;
        var direct = await postgres.CreateDatabase();
        await using var way = DatabaseProxy.Start(postgres.Port, Dice.FromEnvironment());
        var throughIt = new NpgsqlConnectionStringBuilder(direct) { Port = way.Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable, MaxPoolSize = 20, Timeout = 2 };
        await using (var server = RunningServer.On(throughIt.ToString(), ("Database__BusyTimeoutSeconds", "1")))
        {
            await server.Restart();
            await using var ann = await server.Register("Ann");
            var room = await ann.CreateRoom("r");
            await ann.Post(room, "before", "before");
            way.Stall();

            // Writers and readers, twice as many as there are connections: all are answered, and in a time that is a multiple of the set one.
            var began = TimeProvider.System.GetTimestamp();
            var writing = Enumerable.Range(0, Waiting).Select(i => ann.Http.Post($"rooms/{room}/messages", new { clientId = "during", text = "during" })).ToArray();
            var reading = Enumerable.Range(0, Waiting).Select(i => ann.Http.Get($"rooms/{room}/messages")).ToArray();
            foreach (var answer in await Task.WhenAll([.. writing, .. reading]))
            {
                answer.Fails(503, "unavailable");
            }

            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            (await server.Anonymous.Get("/health/live")).Ok(200);
            (await server.Anonymous.Get("/health/ready")).Status.ShouldBe(503);
            way.Heal();
            await Deadline.Until(async () => (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "during", text = "during" })).IsOk, "the repeat to be taken");
            (await ann.History(room)).Select(m => m.Text()).ShouldBe(["before", "during"]);
        }

        await postgres.DropDatabase(direct);
    }
}
