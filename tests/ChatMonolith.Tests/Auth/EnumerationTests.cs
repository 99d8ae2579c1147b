using System.Diagnostics;
using ChatMonolith.Auth;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Tests.Harness;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Auth;

/// <summary>A14, B10: time does not tell whether somebody has an account. By the mechanism always; by the clock in the deep tier, where a median counts.</summary>
public class EnumerationTests
{
    private const int Pairs = 300;

    [Fact]
    public async Task A14_a_login_that_nobody_has_costs_the_same_one_hashing_as_a_wrong_password()
    {
        var hasher = new CountingHasher();
        var options = Options.Create(new AuthOptions());
        using var hashing = new PasswordHashing(hasher, options);
        var check = new CredentialCheck(hashing, new LoginThrottle(options, Options.Create(new RateLimitOptions()), TimeProvider.System), NullLogger<CredentialCheck>.Instance);
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
    public async Task A14_E24_three_hundred_pairs_of_logins_cannot_be_told_apart_by_time(Engine engine)
    {
        Assert.SkipUnless(Depth.IsDeep, "Some minutes of hashing on a machine that does nothing else: the deep tier.");
        await using var server = await RunningServer.Start(engine);
        var ann = await server.Register("ann");
        var (known, unknown) = (new List<double>(Pairs), new List<double>(Pairs));
        for (var i = -10; i < Pairs; i++)
        {
            // The order alternates, so that neither has the warmer caches; the first ten warm up.
            var first = await Measure(server, i % 2 == 0 ? ann.Username : NobodyLike(ann.Username, i));
            var second = await Measure(server, i % 2 == 0 ? NobodyLike(ann.Username, i) : ann.Username);
            if (i >= 0)
            {
                known.Add(i % 2 == 0 ? first : second);
                unknown.Add(i % 2 == 0 ? second : first);
            }
        }

        var gap = Math.Abs(Median(known) - Median(unknown));
        var z = RankTest(known, unknown);
        TestContext.Current.SendDiagnosticMessage($"{engine}: medians {Median(known):F2} ms known, {Median(unknown):F2} ms unknown, z = {z:F2}");
        gap.ShouldBeLessThan(5, "milliseconds");

        // p > 0.01 on both sides.
        Math.Abs(z).ShouldBeLessThan(2.576);
    }

    [Fact]
    public void The_rank_test_knows_a_shift_from_none()
    {
        var even = Enumerable.Range(0, Pairs).Select(i => (double)(i * 7919 % 1000)).ToList();
        Math.Abs(RankTest(even, [.. even.Select(v => v + 0.5)])).ShouldBeLessThan(2.576);
        Math.Abs(RankTest(even, [.. even.Select(v => v + 100)])).ShouldBeGreaterThan(2.576);
    }

    private static string NobodyLike(string username, int i) => username[..^3] + (i + 100).ToString("D3", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<double> Measure(RunningServer server, string login)
    {
        var started = Stopwatch.GetTimestamp();
        (await server.Anonymous.Post("auth/login", new { login, password = "not this one" })).Fails(401, "invalid_credentials");
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

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
}
