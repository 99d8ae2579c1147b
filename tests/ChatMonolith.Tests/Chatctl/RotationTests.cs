using ChatMonolith.Tests.Auth;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Hooks;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>A107: the server's secret in generations.</summary>
public class RotationTests
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A96_A107_the_servers_secret_is_rotated_and_nobody_is_logged_out(Engine engine)
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, ("Hooks__AllowPrivateAddresses", "true"));
        await using var ann = await chat.Register("Ann");
        var (app, recovery) = await TotpApp.SetUp(ann);
        var room = await ann.CreateRoom("plans");
        var hook = (await ann.Http.Post($"rooms/{room}/hooks", new { name = "builds", url = receiver.Address })).Ok(201);
        await ann.Post(room, "said once", clientId: "the-same");
        var old = ann.AccessToken;
        (await ChatctlRun.On(chat, "", "rotate-keys")).Refuses("in use by another process");
        await Rotate(2);

        // Signed, sealed and remembered before; all of it still holds.
        (await ann.Http.Get("auth/me")).Ok(200);
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "the-same", text = "said once" })).Ok(200);
        await receiver.Gets("said once");
        receiver.Taken.ShouldAllBe(d => d.IsSignedWith(hook["secret"].GetString()!));
        (await LogIn(app.Next)).Ok(200);
        (await LogIn(recovery[0])).Ok(200);
        ann.Http.AccessToken = await Refreshed();

        // After one more the generation before last signs nothing that is taken; the session lives on by its refresh token.
        await Rotate(3);
        (await ann.Http.Get("auth/me")).Ok(200);
        ann.Http.AccessToken = old;
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        ann.Http.AccessToken = await Refreshed();
        (await ann.Http.Get("auth/me")).Ok(200);
        (await LogIn(recovery[1])).Ok(200);

        async Task Rotate(int generations)
        {
            await chat.Stop();
            (await ChatctlRun.On(chat, "", "rotate-keys")).Succeeds().Output.ShouldContain($"{generations} generations");
            var file = Path.Combine(chat.DataFolder, "secret.key");
            new FileInfo(file).Length.ShouldBe(32 * generations);
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await chat.Restart();
        }

        Task<Answer> LogIn(string code) => chat.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password, code });

        async Task<string> Refreshed()
        {
            var answer = (await chat.Anonymous.Post("auth/refresh", new { refreshToken = refresh ??= ann.RefreshToken })).Ok(200);
            refresh = answer["refreshToken"].GetString();
            return answer["accessToken"].GetString()!;
        }
    }

    private string? refresh;

    [Fact]
    public async Task A_folder_without_a_secret_is_refused()
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite);
        (await ChatctlRun.On(server, "", "rotate-keys")).Refuses("There is no secret.key");
    }
}
