using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Telemetry;

/// <summary>Figures and traces: complete for who runs the server, closed to everybody else, and without anything that was said.</summary>
public abstract partial class TelemetryTests(Engine engine)
{
    private const string Token = "a-token-for-the-scraper";

    [Fact]
    public async Task A108_figures_are_for_this_machine_and_for_who_has_the_token()
    {
        await using var chat = await RunningServer.Start(engine, ("Telemetry__MetricsToken", Token));
        await Deadline.Until(async () => (await chat.Anonymous.Get("/metrics")).Status == 200, "the figures");
        (string, string) foreign = ("X-Forwarded-For", "203.0.113.9");
        (await chat.Anonymous.Send(HttpMethod.Get, "/metrics", null, foreign)).Fails(404, "not_found");
        (await chat.Anonymous.Send(HttpMethod.Get, "/metrics", null, ("Host", "chat.example.org"))).Fails(404, "not_found");
        (await chat.Anonymous.Send(HttpMethod.Get, "/metrics", null, foreign, ("Authorization", "Bearer " + Token))).Ok(200);
        (await chat.Anonymous.Send(HttpMethod.Get, "/metrics", null, ("Authorization", "Bearer " + Token[..^1]))).Fails(404, "not_found");
        await using var ann = await chat.Register("ann");
        (await ann.Http.Send(HttpMethod.Get, "/metrics", null, foreign)).Fails(404, "not_found");
    }

    [Fact]
    public async Task What_people_do_is_counted_and_every_line_is_of_the_format()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        await Deadline.Until(async () => (await chat.Anonymous.Get("/metrics")).Status == 200, "the figures");
        var room = await ann.CreateRoom("figures", members: bob);
        await bob.Connect();
        var before = await Read(chat);
        for (var i = 0; i < 5; i++)
        {
            await ann.Post(room, $"counted {i}");
        }

        await bob.Sees("counted 4");
        var after = await Read(chat);
        (after["chat_deliveries_total"] - before["chat_deliveries_total"]).ShouldBeGreaterThanOrEqualTo(5);
        (after["chat_log_commit_items_sum"] - before["chat_log_commit_items_sum"]).ShouldBeGreaterThanOrEqualTo(5);
        after["chat_sockets"].ShouldBe(1);
        after["chat_log_commit_duration_seconds_count"].ShouldBeGreaterThan(0);
        after["chat_disk_free_bytes"].ShouldBeGreaterThan(0);
        after.Keys.ShouldContain(k => k.StartsWith("http_server_request_duration_seconds_bucket{", StringComparison.Ordinal) && k.Contains("/rooms/{id", StringComparison.Ordinal));
        after.Keys.ShouldContain("chat_database_statement_duration_seconds_count");
        string.Join('\n', after.Keys).ShouldNotContain(room.ToString());
    }

    [Fact]
    public async Task A114_figures_and_traces_reach_an_OTLP_receiver_and_carry_no_secret_and_no_text()
    {
        await using var receiver = new OtlpReceiver();
        await using var chat = await RunningServer.Start(
            engine, ("Telemetry__OtlpEndpoint", receiver.Address.ToString()), ("Telemetry__OtlpSeconds", "1"), ("Telemetry__TraceShare", "1"), ("Telemetry__OtlpHeaders", "X-Tenant=ours"));
        await using var ann = await chat.Register("ann");
        var room = await ann.CreateRoom("traced");
        await Deadline.Until(() => receiver.Metrics.ContainsKey("chat.sockets"), "figures to come");
        await ann.Post(room, "canary-of-a-text");
        (await ann.Http.Get("search?q=canary-of-a-query")).Ok(200);
        var ticket = (await ann.Http.Post("auth/ws-ticket")).Ok(200)["ticket"].GetString()!;
        await using (await LiveSocket.Connect(chat.Address, SocketCredentials.Ticket(ticket)))
        {
        }

        await Deadline.Until(() => receiver.Spans.Keys.Any(s => s.Contains("/api/v1/search", StringComparison.Ordinal)), "the search to be traced", TimeSpan.FromSeconds(30));
        (await chat.Stop()).ShouldBe(0);
        receiver.LastHeader.ShouldBe("ours");
        receiver.Metrics.Keys.ShouldContain("chat.log.commit.duration");
        receiver.Metrics.Keys.ShouldContain("http.server.request.duration");
        var all = string.Concat(receiver.Raw);
        foreach (var canary in (string[])["canary-of", ticket, ann.AccessToken, room.ToString()])
        {
            all.ShouldNotContain(canary);
        }
    }

    [Fact]
    public async Task A114_A116_the_log_is_one_object_a_line_with_trace_ids_where_that_is_set()
    {
        await using var chat = await RunningServer.Start(engine, ("Telemetry__LogFormat", "Json"));
        await using var ann = await chat.Register("ann");
        (await chat.Anonymous.Post("auth/login", new { login = "no\r\nbody", password = "wrong password here" })).Fails(401, "invalid_credentials");
        (await chat.Stop()).ShouldBe(0);
        var lines = chat.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith('{')).Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToList();
        var refused = lines.Single(l => l.GetProperty("EventId").GetInt32() == 1003);
        refused.GetProperty("Timestamp").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        refused.GetProperty("Scopes").EnumerateArray().Any(s => s.TryGetProperty("TraceId", out var id) && id.GetString()!.Length == 32).ShouldBeTrue();
        lines.ShouldContain(l => l.GetProperty("EventId").GetInt32() == 1001);
    }

    [Fact]
    public async Task A_slow_statement_is_logged_without_its_values()
    {
        await using var chat = await RunningServer.Start(engine, ("Telemetry__LogFormat", "Json"), ("Database__SlowStatementMilliseconds", "1"));
        await using var ann = await chat.Register("ann");
        var search = "users?query=" + ann.Username;
        await Deadline.Until(
            async () =>
            {
                (await ann.Http.Get(search)).Ok(200);
                return Slow(chat).Any(s => s.Contains("auth_accounts", StringComparison.Ordinal));
            },
            "a statement of more than a millisecond");
        Slow(chat).ShouldAllBe(s => !s.Contains(ann.Username, StringComparison.OrdinalIgnoreCase));
    }

    private static IReadOnlyList<string> Slow(RunningServer chat) =>
        [.. chat.Output.Split('\n').Where(l => l.StartsWith('{') && l.EndsWith('}') && l.Contains("SlowStatements", StringComparison.Ordinal))];

    /// <summary>Reads the format as its specification says, and fails on any line that is not of it.</summary>
    private static async Task<Dictionary<string, double>> Read(RunningServer chat)
    {
        var answer = (await chat.Anonymous.Get("/metrics")).Ok(200);
        answer.ContentType.ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
            {
                line.ShouldMatch(@"^# (HELP [a-z_0-9]+ .+|TYPE [a-z_0-9]+ (counter|gauge|histogram))$");
                continue;
            }

            var sample = Sample().Match(line);
            sample.Success.ShouldBeTrue(line);
            values.TryAdd(sample.Groups["series"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)).ShouldBeTrue("twice: " + line);
        }

        return values;
    }

    [GeneratedRegex("""^(?<series>[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_0-9]+="[^"\n]*"(,[a-z_0-9]+="[^"\n]*")*\})?) (?<value>-?[0-9.E+-]+|NaN)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    public sealed class OnSqlite() : TelemetryTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : TelemetryTests(Engine.PostgreSql);
}
