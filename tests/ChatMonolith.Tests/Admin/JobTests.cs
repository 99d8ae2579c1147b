using System.Globalization;
using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using Npgsql;

namespace ChatMonolith.Tests.Admin;

/// <summary>Jobs as admins see and steer them.</summary>
public abstract class JobTests(AdministeredServer fixture) : AdminTests(fixture)
{
    private const string Job = "admin.clean-runs";

    [Fact]
    public async Task Every_job_has_its_name_its_schedule_and_its_runs()
    {
        var jobs = (await Admin.Http.Get("admin/jobs")).Ok(200)["items"].EnumerateArray().ToArray();
        jobs.Length.ShouldBeGreaterThan(8);
        jobs.ShouldAllBe(j => j.String("name")!.Contains('.', StringComparison.Ordinal) && j.String("description")!.Length > 10);

        // Backups and drills go by the calendar, and without a place for them not at all.
        var (byCalendar, bySeconds) = (jobs.Where(IsOfBackups).ToArray(), jobs.Where(j => !IsOfBackups(j)).ToArray());
        bySeconds.ShouldAllBe(j => j.GetProperty("everySeconds").GetInt64() > 0);
        byCalendar.Select(j => j.String("name")).ShouldBe(["backups.drill", "backups.make"]);
        byCalendar.ShouldAllBe(j => j.GetProperty("everySeconds").ValueKind == JsonValueKind.Null && j.GetProperty("nextRunAt").ValueKind == JsonValueKind.Null);
        jobs.Select(j => j.String("name")).ShouldBeUnique();
        await RunNow();
        var run = await Run(r => r.String("trigger") == "manual" && r.String("result") == "succeeded");
        run.GetProperty("durationMs").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        run.String("node").ShouldBe(Environment.MachineName);
        (await Admin.Http.Get("admin/jobs/graph")).Ok(200)["items"].EnumerateArray().Last().GetProperty("succeeded").GetInt32().ShouldBeGreaterThan(0);
        (await Admin.Http.Post("admin/jobs/nothing/run")).Fails(404, "not_found");
        (await Audit("action=job.run")).ShouldNotBeEmpty();
    }

    private static bool IsOfBackups(JsonElement job) => job.String("name")!.StartsWith("backups.", StringComparison.Ordinal);

    [Fact]
    public async Task An_admin_who_watches_is_told_of_runs_until_they_are_none_any_more_and_nobody_else_is()
    {
        await using var bob = await Server.Register("Bob");
        var refused = await bob.Connect();
        (await refused.Ask("admin.watch", new { on = true })).Code().ShouldBe("forbidden");
        (await Admin.Http.Patch($"admin/users/{bob.Id}", new { role = "admin" })).Ok(200);
        var live = await bob.Open();
        await live.Do("admin.watch", new { on = true });
        await RunNow();
        await live.WaitFor(f => f.Type() == "admin.job" && f.GetProperty("job").String("name") == Job && f.GetProperty("job").String("state") == "running", "the run's beginning");
        await live.WaitFor(f => f.Type() == "admin.job" && f.GetProperty("job").String("name") == Job && f.GetProperty("job").String("state") == "waiting", "its end");
        (await Admin.Http.Patch($"admin/users/{bob.Id}", new { role = "member" })).Ok(200);
        await live.Settle();
        var told = live.Frames.Count(f => f.Type() == "admin.job");
        await RunNow();
        await Run(r => r.String("trigger") == "manual" && r.String("result") == "succeeded");
        await live.Settle();
        live.Frames.Count(f => f.Type() == "admin.job").ShouldBe(told);
    }

    [Fact]
    public async Task A_paused_job_stays_paused_over_a_restart_and_runs_when_it_is_asked_to()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var admin = await chat.Register("Root");
        (await admin.Http.Post("admin/jobs/files.remove-bytes/pause")).Ok(204);
        (await State(admin, "files.remove-bytes")).ShouldBe("paused");
        await chat.Kill9();
        await chat.Restart();
        (await State(admin, "files.remove-bytes")).ShouldBe("paused");
        (await admin.Http.Post("admin/jobs/files.remove-bytes/run")).Ok(204);
        await Deadline.Until(
            async () => (await admin.Http.Get("admin/jobs/files.remove-bytes/history?result=succeeded")).Ok(200)["items"].EnumerateArray().Any(r => r.String("trigger") == "manual"), "the run that was asked for");
        (await admin.Http.Post("admin/jobs/files.remove-bytes/resume")).Ok(204);
        (await State(admin, "files.remove-bytes")).ShouldNotBe("paused");
        (await admin.Http.Get("admin/audit?action=job.")).Ok(200)["items"].EnumerateArray().Select(e => e.String("action")).ShouldBe(["job.resumed", "job.run", "job.paused"]);
    }

    protected static async Task<string> State(Person admin, string job) =>
        (await admin.Http.Get("admin/jobs")).Ok(200)["items"].EnumerateArray().Single(j => j.String("name") == job).String("state")!;

    /// <summary>Its schedule may have it running at that very moment.</summary>
    private Task RunNow() => Deadline.Until(
        async () =>
        {
            var answer = await Admin.Http.Post($"admin/jobs/{Job}/run");
            return answer.Code != "conflict" && answer.Ok(204).IsOk;
        },
        "the job to be free");

    private async Task<JsonElement> Run(Func<JsonElement, bool> which)
    {
        var found = default(JsonElement);
        await Deadline.Until(
            async () =>
            {
                var runs = (await Admin.Http.Get($"admin/jobs/{Job}/history")).Ok(200)["items"].EnumerateArray().ToArray();
                found = runs.FirstOrDefault(which);
                return found.ValueKind is not JsonValueKind.Undefined && runs.All(r => r.String("result") != "running");
            },
            "a run of the job");
        return found;
    }

    private readonly Engine engine = fixture.Engine;

    public sealed class OnSqlite(AdministeredSqlite s) : JobTests(s);

    public sealed class OnPostgreSql(AdministeredPostgres s) : JobTests(s);
}

/// <summary>C17: what a job does is done once, wherever it dies.</summary>
public class JobCrashTests
{
    /// <summary>
    /// The run's end cannot be recorded: the record waits for a lock that the test holds. The effect is committed by then; there the process
    /// is killed.
    /// </summary>
    [Fact]
    public async Task C17_a_process_that_dies_between_effect_and_record_has_done_it_once_and_the_run_is_told_as_interrupted()
    {
        await using var chat = await RunningServer.Start(Engine.PostgreSql, ("Rooms__DefaultRetentionDays", "1"));
        await using var admin = await chat.Register("Root");
        (await admin.Http.Post("admin/jobs/messaging.expire/pause")).Ok(204);
        var room = await admin.CreateRoom("old");
        await admin.Post(room, "an old message");
        await using var data = new NpgsqlConnection(chat.ConnectionString);
        await data.OpenAsync(TestContext.Current.CancellationToken);
        await Execute(data, "UPDATE msg_messages SET created_at = created_at - 1000::bigint * 60 * 60 * 24 * 3; UPDATE msg_log SET at = at - 1000::bigint * 60 * 60 * 24 * 3");
        await Execute(
            data,
            """
            CREATE FUNCTION wait_for_test() RETURNS trigger AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER wait_for_test BEFORE UPDATE ON admin_job_runs FOR EACH ROW WHEN (OLD.job = 'messaging.expire') EXECUTE FUNCTION wait_for_test();
            SELECT pg_advisory_lock(4711);
            """);
        (await admin.Http.Post("admin/jobs/messaging.expire/run")).Ok(204);
        await Deadline.Until(async () => await Expired(admin, room) == 1, "the effect");
        await Deadline.Until(async () => await Count(data, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") > 0, "the record to wait");
        await chat.Kill9();
        await Execute(data, "SELECT pg_advisory_unlock(4711); DROP TRIGGER wait_for_test ON admin_job_runs");
        await chat.Restart();

        (await JobState(admin)).ShouldBe("paused");
        var runs = (await admin.Http.Get("admin/jobs/messaging.expire/history")).Ok(200)["items"].EnumerateArray().ToArray();
        runs.Where(r => r.String("trigger") == "manual").Select(r => r.String("result")).ShouldBe(["interrupted"]);
        (await admin.Http.Post("admin/jobs/messaging.expire/run")).Ok(204);
        await Deadline.Until(
            async () => (await admin.Http.Get("admin/jobs/messaging.expire/history?result=succeeded")).Ok(200)["items"].GetArrayLength() > 0,
            "another run, which waits until the scheduler has taken back what the dead one held", TimeSpan.FromSeconds(90));
        (await Expired(admin, room)).ShouldBe(1);
    }

    private static async Task<string> JobState(Person admin) =>
        (await admin.Http.Get("admin/jobs")).Ok(200)["items"].EnumerateArray().Single(j => j.String("name") == "messaging.expire").String("state")!;

    private static async Task<int> Expired(Person admin, Guid room) => (await admin.Events(room)).Count(e => e.Type() == "messages.expired");

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> Count(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
