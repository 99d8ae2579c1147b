using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Tests.Auth;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Architecture;

/// <summary>
/// A39, A40: <c>docs/security/rights.md</c> says for every route and every socket command what becomes of whom, and is compared with what
/// the server does. A new route or command without a row fails here. <c>CHAT_APPROVE=1</c> writes the tables anew, for a review.
/// </summary>
public sealed partial class RightsTableTests : IAsyncLifetime
{
    private const string Password = "long copper kettle 47";
    private static readonly string[] Roles = ["nobody", "deleted", "owes factor", "token: read", "guest", "member", "member, fresh", "admin, fresh"];
    private static readonly string[] Refusals = ["unauthenticated", "forbidden", "step_up_required", "two_factor_required", "csrf"];
    private readonly MovedClock clock = new();
    private readonly Dictionary<string, HttpCaller> callers = new(StringComparer.Ordinal);
    private InProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await InProcess.Start(clock, "--Auth:SecondFactor=Admins");
        await Account("first");
        callers["nobody"] = new HttpCaller(server.Address);
        callers["guest"] = await Account("guest", ServerRole.Guest);
        callers["member"] = await Account("member");

        // What they proved is old by now; the others come fresh.
        clock.Move(TimeSpan.FromMinutes(11));
        callers["member, fresh"] = await Account("fresh");
        callers["owes factor"] = await Account("owing", ServerRole.Admin);
        callers["admin, fresh"] = await Account("admin", ServerRole.Admin);
        await SetUpFactor(callers["admin, fresh"]);
        callers["deleted"] = await Account("deleted");
        var scripting = await Account("scripting");
        var token = (await scripting.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString();
        callers["token: read"] = new HttpCaller(server.Address) { AccessToken = token };
        scripting.Dispose();
        (await callers["deleted"].Delete("users/me")).Ok(204);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }

        await server.DisposeAsync();
    }

    [Fact]
    public async Task A39_A40_every_route_does_for_every_role_what_the_table_says()
    {
        var routes = ((IEndpointRouteBuilder)server.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(r => (r.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => (Method: m, Path: "/" + r.RoutePattern.RawText!.TrimStart('/'))))
            .Distinct().OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal).ToArray();
        var rows = new Dictionary<(string, string), string[]>();

        // Who has logged out is of no use for the rest.
        foreach (var (method, path) in routes.OrderBy(r => r.Path.EndsWith("/logout", StringComparison.Ordinal)))
        {
            rows[(method, path)] = await Task.WhenAll(Roles.Select(role => Outcome(role, method, path)));
        }

        Compare("routes", ["route", .. Roles], routes.Select(r => (string[])[$"{r.Method} {Readable(r.Path)}", .. rows[r]]));
    }

    [Fact]
    public async Task A40_every_socket_command_does_for_every_role_what_the_table_says()
    {
        var room = (await callers["member, fresh"].Post("rooms", new { type = "public", name = "open" })).Ok(201)["id"].GetGuid();
        var commands = server.Services.GetRequiredService<SocketCommands>().Types.Order(StringComparer.Ordinal).ToArray();
        var people = new[] { ("guest outside the room", "guest"), ("member outside the room", "member"), ("member in the room", "member, fresh") };
        var rows = commands.ToDictionary(c => c, c => new string[people.Length]);
        for (var i = 0; i < people.Length; i++)
        {
            await using var socket = await LiveSocket.Connect(server.Address, SocketCredentials.Bearer(callers[people[i].Item2].AccessToken!));
            foreach (var command in commands)
            {
                var fields = new
                {
                    roomId = room, messageId = Guid.Empty, clientId = Person.NewClientId(), text = "hi", emoji = "👍", seq = 1, on = true, status = "online", userIds = Array.Empty<Guid>(),
                    rooms = new Dictionary<string, long>(), epoch = "x", userSeq = 0, focused = true,
                };
                var reply = await socket.Ask(command, fields);
                rows[command][i] = reply.Type() == "ok" ? "yes" : reply.Code() is "validation" ? "yes" : reply.Code();
            }
        }

        foreach (var role in (string[])["nobody", "deleted", "owes factor", "token: read"])
        {
            var refused = await Should.ThrowAsync<System.Net.WebSockets.WebSocketException>(() => LiveSocket.Connect(server.Address, SocketCredentials.Bearer(callers[role].AccessToken ?? "")));
            refused.Message.ShouldMatch("40[13]", role);
        }

        Compare("commands", ["command", .. people.Select(p => p.Item1)], commands.Select(c => (string[])[c, .. rows[c]]));
    }

    /// <returns><c>yes</c> for whatever is not refused for who one is: also where the empty request is not valid, or the thing is not there.</returns>
    private async Task<string> Outcome(string role, string method, string path)
    {
        var address = Parameter().Replace(path, m => m.Value.Contains(":id", StringComparison.Ordinal) ? Guid.Empty.ToString() : m.Value == "{emoji}" ? "%F0%9F%91%8D" : "v1");
        using var body = method is "GET" or "HEAD" ? null : new StringContent("{}", Encoding.UTF8, "application/json");
        using var leaver = (method, path) is ("DELETE", "/api/v1/users/me") && role.EndsWith(", fresh", StringComparison.Ordinal) ? await Leaver(role) : null;
        var answer = await (leaver ?? callers[role]).Send(new HttpMethod(method), address, body);
        answer.Status.ShouldBeLessThan(500, answer.ToString());
        var code = (answer.Text.Length > 0 ? answer.Code : null) ?? answer.Status switch
        {
            // HEAD has no body to say it.
            401 => "unauthenticated",
            403 => "forbidden",
            _ => "",
        };
        return Refusals.Contains(code, StringComparer.Ordinal) ? code : "yes";
    }

    private static void Compare(string name, string[] head, IEnumerable<string[]> rows)
    {
        var file = Path.Combine(Repository.Root, "docs", "security", "rights.md");
        var text = File.ReadAllText(file);
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- end of {name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        to.ShouldBeGreaterThanOrEqualTo(from, "the table's marks");
        string[] lines = [Line(head), Line(head.Select(_ => "---")), .. rows.Select(Line)];
        if (Environment.GetEnvironmentVariable("CHAT_APPROVE") == "1")
        {
            File.WriteAllText(file, text[..from] + string.Join('\n', lines) + "\n" + text[to..]);
            return;
        }

        var written = text[from..to].Trim().Split('\n');
        lines.Except(written, StringComparer.Ordinal).Select(l => "is: " + l).Concat(written.Except(lines, StringComparer.Ordinal).Select(l => "was said: " + l)).ShouldBeEmpty();
    }

    private static string Line(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";

    private static string Readable(string path) => path.Replace(":id}", "}", StringComparison.Ordinal);

    private async Task<HttpCaller> Account(string name, ServerRole role = ServerRole.Member)
    {
        using var anonymous = new HttpCaller(server.Address);
        var id = (await anonymous.Post("auth/register", new { email = name + "@example.org", username = name + "-1", password = Password })).Ok(201)["user"].GetProperty("id").GetGuid();
        if (role is not ServerRole.Member)
        {
            await using var scope = server.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Accounts.Where(a => a.Id == id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Role, role));
            await transaction.CommitAsync();
            server.Services.GetRequiredService<Guests>().Set(id, role);
        }

        var login = (await anonymous.Post("auth/login", new { login = name + "-1", password = Password })).Ok(200);
        return new HttpCaller(server.Address) { AccessToken = login["accessToken"].GetString() };
    }

    /// <summary>Another of the same role, who may delete their account without being missed.</summary>
    private async Task<HttpCaller> Leaver(string role)
    {
        var isAdmin = role.StartsWith("admin", StringComparison.Ordinal);
        var leaver = await Account(isAdmin ? "leaving-admin" : "leaving", isAdmin ? ServerRole.Admin : ServerRole.Member);
        await (isAdmin ? SetUpFactor(leaver) : Task.CompletedTask);
        return leaver;
    }

    private async Task SetUpFactor(HttpCaller caller)
    {
        var app = new TotpApp((await caller.Post("auth/2fa/totp")).Ok(200)["secret"].GetString()!);
        (await caller.Post("auth/2fa/totp/confirm", new { code = app.At(clock.GetUtcNow()) })).Ok(200);
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
