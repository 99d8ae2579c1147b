using System.Diagnostics;
using ChatMonolith.Auth;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Tests.Harness;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Auth;

/// <summary>A14, B10: time does not tell whether somebody has an account. By the mechanism, and by the clock: 40 pairs here, 300 in the deep tier.</summary>
public class EnumerationTests
{
    private const int Pairs = 300;
    private const int PairsInShort = 40;

    [Fact]
    public async Task A14_a_login_that_nobody_has_costs_the_same_one_hashing_as_a_wrong_password()
    {
        var hasher = new CountingHasher();
        var options = Options.Create(new AuthOptions());
        using var hashing = new PasswordHashing(hasher, options);
        var check = new CredentialCheck(hashing, new LoginThrottle(options, Options.Create(new RateLimitOptions()), TimeProvider.System), new Unwritten(), NullLogger<CredentialCheck>.Instance);
        var known = new Account { IsActive = true };
        known.PasswordHash = hasher.HashPassword(known, "long copper kettle 47");
        var inactive = new Account { IsActive = false, PasswordHash = known.PasswordHash };
        foreach (var (account, password) in ((Account?, string)[])[(known, "not this one"), (null, "not this one"), (inactive, "long copper kettle 47"), (new Account { IsActive = true }, "not this one")])
        {
            hasher.Verified.Clear();
            hasher.Hashed = 0;
            var result = await check.Verify(account, "key", password, new ClientInfo("203.0.113.7", "203.0.113.7", "", IsLocal: false), TestContext.Current.CancellationToken);
            result.IsOk.ShouldBeFalse();
            result.Error.Code.ShouldBe("invalid_credentials");
            hasher.Hashed.ShouldBe(0);
            var hash = hasher.Verified.ShouldHaveSingleItem();
            Convert.FromBase64String(hash)[..13].ShouldBe(Convert.FromBase64String(known.PasswordHash)[..13], "the same function, rounds and salt length");
        }
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A14_B10_E24_pairs_of_known_and_unknown_people_cannot_be_told_apart_at_login_reset_and_resend(Engine engine)
    {
        await using var mail = await ChatMonolith.Tests.Mailing.MailServer.Start();
        await using var server = await RunningServer.Start(engine, [.. mail.Settings, RunningServer.HashingAsForPeople]);
        await using var ann = await server.Register("ann");
        var doors = new (string Path, int Status, Func<string, object> Body)[]
        {
            ("auth/login", 401, name => new { login = name, password = "not this one" }),
            ("auth/code", 401, name => new { login = name, password = "not this one" }),
            ("auth/password/forgot", 202, name => new { email = name + "@example.org" }),
            ("auth/email/resend", 202, name => new { email = name + "@example.org" }),
        };
        foreach (var (path, status, body) in doors)
        {
            // A machine that others use too can be slow for one of the two by chance, but not three times; what tells by its time does so each time.
            for (var attempt = 1; !await Alike(server, path, status, body, ann.Username); attempt++)
            {
                attempt.ShouldBeLessThan(3, $"{path} tells by its time who has an account");
            }
        }
    }

    private static async Task<bool> Alike(RunningServer server, string path, int status, Func<string, object> body, string username)
    {
        var pairs = Depth.IsDeep ? Pairs : PairsInShort;
        var (known, unknown) = (new List<double>(pairs), new List<double>(pairs));
        var shapes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = -5; i < pairs; i++)
        {
            // The order alternates, so that neither has the warmer caches; the first ones warm up.
            foreach (var isKnown in (bool[])[i % 2 == 0, i % 2 != 0])
            {
                var started = Stopwatch.GetTimestamp();
                var answer = await server.Anonymous.Post(path, body(isKnown ? username : NobodyLike(username, i)));
                var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                answer.Status.ShouldBe(status);
                shapes.Add(answer.Text.Length == 0 ? "" : $"{answer.Code} {answer["detail"].GetString()}");
                if (i >= 0)
                {
                    (isKnown ? known : unknown).Add(took);
                }
            }
        }

        shapes.Count.ShouldBe(1, "one answer for both");
        var gap = Math.Abs(Median(known) - Median(unknown));
        var z = RankTest(known, unknown);
        TestContext.Current.SendDiagnosticMessage($"{server.Engine} {path}: medians {Median(known):F2} ms known, {Median(unknown):F2} ms unknown, z = {z:F2}");

        // p > 0.01 on both sides. Of a few pairs beside other work, medians can be apart by nothing but that work: then it counts only if the ranks say so too.
        var told = Math.Abs(z) >= 2.576;
        return Depth.IsDeep ? gap < 5 && !told : gap < 5 || !told;
    }

    [Fact]
    public void The_rank_test_knows_a_shift_from_none()
    {
        var even = Enumerable.Range(0, Pairs).Select(i => (double)(i * 7919 % 1000)).ToList();
        Math.Abs(RankTest(even, [.. even.Select(v => v + 0.5)])).ShouldBeLessThan(2.576);
        Math.Abs(RankTest(even, [.. even.Select(v => v + 100)])).ShouldBeGreaterThan(2.576);
    }

    private static string NobodyLike(string username, int i) => username[..^3] + (i + 100).ToString("D3", System.Globalization.CultureInfo.InvariantCulture);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Mann and Whitney's U as a standard normal deviate.</summary>
    private static double RankTest(List<double> a, List<double> b)
    {
        var u = a.Sum(x => b.Sum(y => x > y ? 1 : x < y ? 0 : 0.5));
        double n = a.Count, m = b.Count;
        return (u - (n * m / 2)) / Math.Sqrt(n * m * (n + m + 1) / 12);
    }

    private sealed class CountingHasher : IPasswordHasher<Account>
    {
        private readonly PasswordHasher<Account> real = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

        public List<string> Verified { get; } = [];

        public int Hashed { get; set; }

        public string HashPassword(Account user, string password)
        {
            Hashed++;
            return real.HashPassword(user, password);
        }

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Verified.Add(hashedPassword);
            return real.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }

    /// <summary>A log that nobody keeps: what is looked at here is the hashing.</summary>
    private sealed class Unwritten : IAuditLog
    {
        public Task Append(ModuleDbContext within, AuditEvent entry, CancellationToken ct) => Task.CompletedTask;

        public void Note(AuditEvent entry)
        {
        }
    }
}
