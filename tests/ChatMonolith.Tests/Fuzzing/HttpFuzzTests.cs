using System.Collections.Concurrent;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Fuzzing;

/// <summary>Whatever is sent, the answer is 2xx or a 4xx problem, and the server goes on.</summary>
public abstract class HttpFuzzTests(Engine engine)
{
    private const int Inputs = 7_000;
    private const int DeepInputs = 1_000_000;
    private const int Workers = 4;
    private const int InputsPerWorld = 500;
    private readonly ITestOutputHelper output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task A86_no_input_made_from_the_description_yields_a_5xx()
    {
        var dice = Dice.FromEnvironment();
        var failures = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var statuses = new ConcurrentDictionary<int, int>();
        await using var server = await RunningServer.Start(engine, ("Auth__AccessTokenMinutes", "1440"));
        var other = await server.Register("other");
        var description = new OpenApiInputs((await server.Anonymous.Get("/openapi/v1.json")).Ok(200).Json);
        var each = (Depth.IsDeep ? DeepInputs : Inputs) / Workers;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            var own = dice.Fork();
            var person = await server.Register("fuzz");
            World? world = null;
            for (var i = 0; i < each && failures.Count < 20; i++)
            {
                if (i % InputsPerWorld == 0)
                {
                    await person.LogIn();
                    world = await World.Make(server, person, other);
                }

                await Try(description.Next(own, world!), own, person, failures, statuses);
            }
        }));

        (await server.IsReady()).ShouldBeTrue();
        output.WriteLine($"seed {dice.Seed}: {description.Operations} operations, {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} x {s.Key}"))}");
        failures.Values.ShouldBeEmpty($"seed {dice.Seed}; the server wrote:\n{string.Join('\n', server.Output.Split('\n').Where(l => !l.StartsWith("info:", StringComparison.Ordinal)).TakeLast(60))}");
        statuses.Keys.Count(s => s is >= 200 and < 300).ShouldBeGreaterThan(1, "hardly anything got through to the handlers");
    }

    private static async Task Try(Input input, Dice dice, Person person, ConcurrentDictionary<string, string> failures, ConcurrentDictionary<int, int> statuses)
    {
        if (input.Method == HttpMethod.Delete && input.Path.Contains("users/me", StringComparison.OrdinalIgnoreCase) && !input.Path.Contains("avatar", StringComparison.OrdinalIgnoreCase))
        {
            // It works, and then nobody is left to ask the rest.
            return;
        }

        Answer answer;
        try
        {
            answer = await Send(input, dice, person);
        }
        catch (UriFormatException)
        {
            return;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            failures.TryAdd(input.Route + " broke", $"{input}: {e}");
            return;
        }

        statuses.AddOrUpdate(answer.Status, 1, (_, n) => n + 1);
        if (Complaint(answer) is { } complaint)
        {
            failures.TryAdd($"{input.Route} {answer.Status}", $"{complaint}: {input} -> {answer}");
        }

        if (answer.Status == 401 && !input.Path.Contains("/auth/", StringComparison.Ordinal) && !(await person.Http.Get("auth/me")).IsOk)
        {
            await person.LogIn();
        }
    }

    private static Task<Answer> Send(Input input, Dice dice, Person person)
    {
        (string, string)[] headers = dice.Next(30) switch
        {
            0 => [("Authorization", "Bearer " + string.Concat(Junk.Damage(person.AccessToken, dice).Where(c => c is > ' ' and < (char)127)))],
            1 => [("Authorization", "Basic YTpi")],
            2 => [("Accept", "text/html"), ("Accept-Language", new string('x', 2000))],
            3 => [("Range", "bytes=0-1,5-3"), ("If-None-Match", "*")],
            _ => [],
        };
        HttpContent? content = null;
        if (input.Body is not null)
        {
            content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(input.Body));
            content.Headers.TryAddWithoutValidation("Content-Type", input.ContentType);
        }

        return person.Http.Send(input.Method, input.Path, content, headers);
    }

    private static string? Complaint(Answer answer)
    {
        if (answer.Status is not ((>= 200 and < 300) or (>= 400 and < 500)))
        {
            return "neither success nor a client's error";
        }

        if (answer.IsOk || answer.Text.Length == 0)
        {
            // Kestrel refuses some requests (a bad header, a long line) itself, without a body.
            return answer.IsOk || answer.Status is 400 or 414 or 431 ? null : "an error without a body";
        }

        try
        {
            return answer.Code is { Length: > 0 } && answer["status"].GetInt32() == answer.Status ? null : "an error that is no problem with a code";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            return "an error that cannot be read";
        }
    }

    public sealed class OnSqlite() : HttpFuzzTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : HttpFuzzTests(Engine.PostgreSql);
}
