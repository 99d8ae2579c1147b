using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class PasswordTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A2_A7_passwords_of_8_to_128_characters_are_taken_and_no_others()
    {
        foreach (var (length, taken) in ((int, bool)[])[(0, false), (7, false), (8, true), (64, true), (128, true), (129, false)])
        {
            var password = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * 7 % 26))));
            var answer = await Register(password);
            answer.Status.ShouldBe(taken ? 201 : 400, $"{length} characters");
            if (!taken)
            {
                answer.Fails(400, "validation")["errors"].GetProperty("password")[0].GetString().ShouldNotBeNullOrEmpty();
            }
        }
    }

    [Fact]
    public async Task A4_common_passwords_are_refused_at_registration_and_at_change()
    {
        await using var ann = await Server.Register("ann");
        string[] common =
        [
            "password", "12345678", "123456789", "1234567890", "qwertyuiop", "password1", "Password1", "iloveyou", "sunshine", "princess", "football", "baseball", "trustno1", "superman",
            "1q2w3e4r", "1qaz2wsx", "qwerty123", "letmein1", "welcome1", "admin123", "passw0rd", "P@ssw0rd", "abcd1234", "11111111", "87654321", "computer", "starwars", "whatever", "michelle", "jennifer",
        ];
        foreach (var password in common)
        {
            (await Register(password)).Fails(400, "validation");
        }

        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = common[0] })).Fails(400, "validation")["errors"].TryGetProperty("newPassword", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A4_the_own_name_and_the_products_name_are_refused_in_a_password()
    {
        await using var ann = await Server.Register("ann");
        var unique = Person.NewClientId()[^12..];
        foreach (var password in (string[])[$"my-{unique}-word", $"MY-{unique.ToUpperInvariant()}-WORD", "chatmonolith-2026", "Our ChatMonolith!"])
        {
            (await Server.Anonymous.Post("auth/register", new { email = $"x-{unique}@example.org", username = unique, password })).Fails(400, "validation");
        }

        (await Server.Anonymous.Post("auth/register", new { email = $"{unique}@example.org", username = "other-" + unique[..8], password = $"{unique} is my mail" })).Fails(400, "validation");
        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "it is " + ann.Username })).Fails(400, "validation");
    }

    [Theory]
    [InlineData("abcdefghijklmnopqrst")]
    [InlineData("   spaces   count   ")]
    [InlineData("🐙🦑🐚🪸🐠🐡")]
    [InlineData("пароль-длинный-и-свой")]
    public async Task A5_nothing_is_asked_of_a_passwords_composition(string password)
    {
        var made = (await Register(password)).Ok(201);
        (await LogIn(made, password)).Ok(200);
    }

    [Theory]
    [InlineData("A long kettle, with é", "A long kettle, with é ")]
    [InlineData("A long kettle, with é", " A long kettle, with é")]
    [InlineData("A long kettle, with é", "a long kettle, with é")]
    [InlineData("A long kettle, with \u00e9", "A long kettle, with e\u0301")]
    [InlineData("A long kettle, with ﬁ", "A long kettle, with fi")]
    public async Task A6_a_password_is_verified_exactly_as_received(string password, string almost)
    {
        var made = (await Register(password)).Ok(201);
        (await LogIn(made, almost)).Fails(401, "invalid_credentials");
        (await LogIn(made, password)).Ok(200);
    }

    [Fact]
    public async Task A6_a_change_after_byte_72_counts()
    {
        var password = string.Concat(Enumerable.Range(0, 100).Select(i => (char)('a' + (i * 11 % 26))));
        var made = (await Register(password)).Ok(201);
        (await LogIn(made, password[..99] + "#")).Fails(401, "invalid_credentials");
        (await LogIn(made, password[..72])).Fails(401, "invalid_credentials");
    }

    [Fact]
    public async Task A7_B9_a_password_of_a_megabyte_is_refused_before_it_is_hashed()
    {
        var body = new { login = "ann", password = new string('x', 900_000) };
        (await Server.Anonymous.Post("auth/login", body)).Fails(400, "validation");
        var started = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Server.Anonymous.Post("auth/login", body)));
        answers.ShouldAllBe(a => a.Code == "validation");

        // Fifty hashings alone would take this long; reading 45 MB of JSON does not.
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A3_a_password_is_changed_only_with_the_current_one()
    {
        await using var ann = await Server.Register("ann");
        (await ann.Http.Post("auth/password/change", new { newPassword = "another copper kettle" })).Fails(400, "validation");
        (await ann.Http.Post("auth/password/change", new { currentPassword = "not this one", newPassword = "another copper kettle" })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "another copper kettle" })).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })).Ok(200);
    }

    [Fact]
    public async Task A3_of_many_changes_at_once_one_wins_and_its_password_is_the_one()
    {
        await using var ann = await Server.Register("ann");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = $"another copper kettle {i}" })));
        var winner = Array.FindIndex(answers, a => a.Status == 204);
        answers.Count(a => a.Status == 204).ShouldBe(1);
        answers.Where(a => a.Status != 204).ShouldAllBe(a => a.Code == "invalid_credentials");
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = $"another copper kettle {winner}" })).Ok(200);
    }

    [Fact]
    public async Task A101_hashes_name_their_cost_and_are_renewed_at_login_when_it_was_raised()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, RunningServer.HashingAsForPeople);
        await using var ann = await server.Register("ann");
        (await CostOf(server, ann)).ShouldBe(210_000u);
        await server.Stop();
        server.Set("Auth__PasswordIterations", "220000");
        await server.Restart();
        await ann.LogIn();
        (await CostOf(server, ann)).ShouldBe(220_000u);
        await ann.LogIn();
    }

    /// <summary>Identity's format 3: a marker, the PRF, the rounds (big-endian), the salt's length, the salt, the key.</summary>
    private static async Task<uint> CostOf(RunningServer server, Person person)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "chat.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT password_hash FROM auth_accounts WHERE username = $name";
        command.Parameters.AddWithValue("$name", person.Username);
        var hash = Convert.FromBase64String((string)(await command.ExecuteScalarAsync())!);
        hash[0].ShouldBe((byte)1);
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)).ShouldBe(2u, "HMAC-SHA-512");
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5));
    }

    private Task<Answer> Register(string password) =>
        Server.Anonymous.Post("auth/register", new { email = $"{Person.NewClientId()}@example.org", username = "p-" + Person.NewClientId()[^20..], password });

    private Task<Answer> LogIn(Answer made, string password) =>
        Server.Anonymous.Post("auth/login", new { login = made["user"].GetProperty("username").GetString(), password });

    public sealed class OnSqlite(SqliteServer s) : PasswordTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : PasswordTests(s);
}
