using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Auth;

/// <summary>A26: sessions end by themselves. The whole server runs in this process on a clock that the test moves.</summary>
public sealed class SessionEndTests : IAsyncLifetime
{
    private const string Password = "long copper kettle 47";
    private readonly MovedClock clock = new();
    private InProcess server = null!;
    private HttpCaller http = null!;

    public async ValueTask InitializeAsync()
    {
        server = await InProcess.Start(clock, "--Auth:SessionIdleDays=10", "--Auth:SessionAbsoluteDays=30");
        http = new HttpCaller(server.Address);
        (await http.Post("auth/register", new { username = "ann", email = "ann@example.org", password = Password })).Ok(201);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A26_a_session_that_nobody_used_for_its_idle_time_has_ended_and_one_in_use_has_not()
    {
        var idle = await LogIn();
        var used = await LogIn();
        clock.Move(TimeSpan.FromDays(9.9));
        used = (await Refresh(used)).Ok(200);
        clock.Move(TimeSpan.FromDays(0.2));
        (await Refresh(idle)).Fails(401, "unauthenticated");
        (await Me(FreshAccessTo(idle))).Fails(401, "unauthenticated");
        (await Refresh(used)).Ok(200);
        (await Me(FreshAccessTo(used))).Ok(200);
    }

    [Fact]
    public async Task A26_a_session_that_is_always_in_use_ends_at_its_absolute_end_with_its_tokens_and_its_socket()
    {
        var session = await LogIn();
        await using var socket = await LiveSocket.Connect(server.Address, SocketCredentials.Bearer(session["accessToken"].GetString()!));
        for (var day = 0; day < 29; day++)
        {
            clock.Move(TimeSpan.FromDays(1));
            session = (await Refresh(session)).Ok(200);
            (await Me(session["accessToken"].GetString()!)).Ok(200);
        }

        await Clean();
        socket.Closed.IsCompleted.ShouldBeFalse();
        clock.Move(TimeSpan.FromDays(0.999));
        session = (await Refresh(session)).Ok(200);
        clock.Move(TimeSpan.FromDays(0.002));
        (await Refresh(session)).Fails(401, "unauthenticated");
        (await Me(session["accessToken"].GetString()!)).Fails(401, "unauthenticated");
        (await Me(FreshAccessTo(session))).Fails(401, "unauthenticated");
        await Clean();
        (await socket.Closed.Within("the socket of the ended session to be cut")).ShouldBe(4403);
    }

    [Fact]
    public async Task A26_what_is_read_from_the_database_ends_at_the_same_time_and_is_forgotten_a_day_later()
    {
        var session = await LogIn();
        clock.Move(TimeSpan.FromDays(10.1));
        await Clean();
        (await Refresh(session)).Fails(401, "unauthenticated");
        clock.Move(TimeSpan.FromDays(1.1));
        await Clean();
        await using var scope = server.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<AuthDb>().Sessions.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public async Task A26_a_clock_that_goes_back_ends_nothing_and_lengthens_no_access_token()
    {
        var session = await LogIn();
        clock.Move(TimeSpan.FromMinutes(16));
        (await Me(session["accessToken"].GetString()!)).Fails(401, "unauthenticated");
        var later = (await Refresh(session)).Ok(200);
        clock.Move(TimeSpan.FromSeconds(-5));
        (await Me(later["accessToken"].GetString()!)).Ok(200);
        clock.Move(TimeSpan.FromHours(-1));
        (await Refresh(later)).Ok(200);
    }

    private async Task<Answer> LogIn() => (await http.Post("auth/login", new { login = "ann", password = Password })).Ok(200);

    private Task<Answer> Refresh(Answer session) => http.Post("auth/refresh", new { refreshToken = session["refreshToken"].GetString() });

    private Task<Answer> Me(string accessToken) => http.Send(HttpMethod.Get, "auth/me", null, ("Authorization", "Bearer " + accessToken));

    /// <summary>An access token of now, so that what refuses it is the session and not the token's own short life.</summary>
    private string FreshAccessTo(Answer session)
    {
        var claims = TokenForge.ClaimsOf(session["accessToken"].GetString()!);
        return server.Services.GetRequiredService<AccessTokens>().Issue(Guid.Parse(claims["sub"]!.ToString()), Guid.Parse(claims["sid"]!.ToString()));
    }

    private async Task Clean()
    {
        await using var scope = server.Services.CreateAsyncScope();
        await ActivatorUtilities.CreateInstance<CleanSessions>(scope.ServiceProvider).Execute(null!, TestContext.Current.CancellationToken);
    }
}
