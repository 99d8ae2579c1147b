using System.Collections.Concurrent;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>E7: what is good for one use is used once, however many come at once.</summary>
public abstract class SpentOnceTests(MailedServer fixture) : AccountTests(fixture)
{
    private const int AtOnce = 100;

    /// <summary>The heavy ones hash a password each time, so they run less often.</summary>
    private static int Rounds => Depth.IsDeep ? 1000 : 20;

    [Fact]
    public async Task A15_A89_B14_E7_a_verification_code_is_spent_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var name = $"e7-{Guid.CreateVersion7().ToString("N")[^10..]}";
            (await Server.Anonymous.Post("auth/register", new { email = name + "@example.org", username = name, password = Password })).Ok(201);
            var code = (await Mail.LetterTo(name + "@example.org", limit: TimeSpan.FromSeconds(60))).Code;
            (await Together(() => Server.Anonymous.Post("auth/email/verify", new { email = name + "@example.org", code }))).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A18_A89_E7_a_step_of_an_authenticator_app_and_a_recovery_code_are_spent_once()
    {
        await using var ann = await Server.Register("ann");
        var (app, recovery) = await TotpApp.SetUp(ann);
        var code = app.Next;
        (await Together(() => LogIn(ann, code), 40)).ShouldBe(1);
        foreach (var spent in recovery.Take(Depth.IsDeep ? 10 : 2))
        {
            (await Together(() => LogIn(ann, spent), 40)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A16_A89_E7_a_reset_link_is_spent_once()
    {
        await using var ann = await Server.Register("ann");
        for (var round = 0; round < (Depth.IsDeep ? 20 : 2); round++)
        {
            (await Server.Anonymous.Post("auth/password/forgot", new { email = AddressOf(ann) })).Ok(202);
            var token = (await Mail.LetterTo(AddressOf(ann), "/reset#", skip: round, limit: TimeSpan.FromSeconds(60))).Secret;
            (await Together(() => Server.Anonymous.Post("auth/password/reset", new { token, newPassword = $"another copper kettle {round}" }), 40)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A15_A89_E7_a_passkeys_answer_is_spent_once()
    {
        await using var ann = await Server.Register("ann");
        using var device = new Authenticator(MailServer.PublicUrl, "chat.example.org");
        var options = (await ann.Http.Post("auth/passkeys/register/options")).Ok(200).Json;
        (await ann.Http.Post("auth/passkeys/register", new { credential = device.Create(options) })).Ok(201);
        for (var round = 0; round < Rounds; round++)
        {
            var credential = device.Get((await Server.Anonymous.Post("auth/passkeys/login/options")).Ok(200).Json).ToJsonString();
            (await Together(() => Server.Anonymous.SendText(HttpMethod.Post, "auth/passkeys/login", $$"""{"credential":{{credential}}}"""))).ShouldBe(1);
        }
    }

    /// <returns>How many succeeded; the others were refused and nothing else.</returns>
    private static async Task<int> Together(Func<Task<Answer>> use, int times = AtOnce)
    {
        var answers = new ConcurrentBag<Answer>();
        await Task.WhenAll(Enumerable.Range(0, times).Select(async _ => answers.Add(await use())));
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Status == 401);
        return answers.Count(a => a.IsOk);
    }

    public sealed class OnSqlite(MailedSqlite s) : SpentOnceTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : SpentOnceTests(s);
}
