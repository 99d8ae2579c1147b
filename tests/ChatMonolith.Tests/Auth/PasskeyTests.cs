using System.Text.Json;
using System.Text.Json.Nodes;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>Passkeys, for logging in alone and as second factor.</summary>
public abstract class PasskeyTests(MailedServer fixture) : AccountTests(fixture)
{
    private const string Site = "chat.example.org";

    [Fact]
    public async Task A_passkey_logs_in_alone_and_its_answer_works_once()
    {
        await using var ann = await Confirmed("ann");
        using var device = NewDevice();
        var made = await Add(ann, device);
        made["recoveryCodes"].GetArrayLength().ShouldBe(10);
        var options = await Options();
        options.TryGetProperty("allowCredentials", out var allowed).ShouldBe(allowed.ValueKind is JsonValueKind.Array);
        var credential = device.Get(options);
        var answer = (await LogInWith(credential)).Ok(200);
        answer["user"].GetProperty("id").GetGuid().ShouldBe(ann.Id);
        (await LogInWith(credential)).Fails(401, "invalid_credentials");
        (await LogIn(ann)).Fails(401, "two_factor_required")["methods"].EnumerateArray().Select(m => m.GetString()).ShouldContain("passkey");
        var listed = (await ann.Http.Get("auth/passkeys")).Ok(200)["items"];
        listed.GetArrayLength().ShouldBe(1);
        listed[0].GetProperty("lastUsedAt").ValueKind.ShouldBe(JsonValueKind.String);
        await Mail.LetterTo(AddressOf(ann), "A passkey was added");
    }

    [Fact]
    public async Task A_passkey_that_does_not_ask_its_user_is_a_second_factor_beside_the_password()
    {
        await using var ann = await Confirmed("ann");
        using var device = NewDevice();
        await Add(ann, device);
        device.VerifiesUser = false;
        (await LogInWith(device.Get(await Options()))).Fails(401, "two_factor_required")["methods"][0].GetString().ShouldBe("password");
        (await LogInWith(device.Get(await Options()), "not this one")).Fails(401, "invalid_credentials");
        (await LogInWith(device.Get(await Options()), ann.Password)).Ok(200);
    }

    [Fact]
    public async Task What_is_not_signed_here_by_this_key_for_this_question_is_refused()
    {
        await using var ann = await Confirmed("ann");
        await using var bob = await Confirmed("bob");
        using var device = NewDevice();
        await Add(ann, device);
        var tampered = device.Get(await Options());
        tampered["response"]!["signature"] = device.Get(await Options())["response"]!["signature"]!.GetValue<string>();
        (await LogInWith(tampered)).Fails(401, "invalid_credentials");
        device.Origin = "https://chat.example.org.evil.example";
        (await LogInWith(device.Get(await Options()))).Fails(401, "invalid_credentials");
        device.Origin = MailServer.PublicUrl;
        using var stranger = NewDevice();
        (await LogInWith(stranger.Get(await Options()))).Fails(401, "invalid_credentials");
        var forged = JsonSerializer.SerializeToElement(new { challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
        (await LogInWith(device.Get(forged))).Fails(401, "invalid_credentials");
        foreach (var junk in (string[])["{}", """{"response":{}}""", """{"response":{"clientDataJSON":"e30"}}""", """{"response":{"clientDataJSON":7}}""", """{"id":"x","response":{"clientDataJSON":"!!"}}"""])
        {
            (await LogInWith(JsonNode.Parse(junk)!)).Fails(401, "invalid_credentials");
        }

        // A copy of the key shows by its counter.
        (await LogInWith(device.Get(await Options()))).Ok(200);
        device.Rewind();
        (await LogInWith(device.Get(await Options()))).Fails(401, "invalid_credentials");

        // The question that was put to one is not answered by another.
        var asked = (await ann.Http.Post("auth/passkeys/register/options")).Ok(200).Json;
        (await bob.Http.Post("auth/passkeys/register", new { credential = stranger.Create(asked) })).Fails(401, "invalid_credentials");
    }

    [Fact]
    public async Task A_passkey_that_was_removed_opens_nothing_and_nobody_removes_anothers_A41()
    {
        await using var ann = await Confirmed("ann");
        await using var bob = await Confirmed("bob");
        using var device = NewDevice();
        var id = (await Add(ann, device))["passkey"].GetProperty("id").GetString();
        (await bob.Http.Delete($"auth/passkeys/{id}")).Fails(404, "not_found");
        (await ann.Http.Delete($"auth/passkeys/{id}")).Ok(204);
        (await LogInWith(device.Get(await Options()))).Fails(401, "invalid_credentials");
        (await LogIn(ann)).Ok(200);
    }

    private static Authenticator NewDevice() => new(MailServer.PublicUrl, Site);

    private static async Task<Answer> Add(Person person, Authenticator device)
    {
        var options = (await person.Http.Post("auth/passkeys/register/options")).Ok(200).Json;
        options.GetProperty("rp").GetProperty("id").GetString().ShouldBe(Site);
        return (await person.Http.Post("auth/passkeys/register", new { credential = device.Create(options), name = "My phone" })).Ok(201);
    }

    private async Task<JsonElement> Options() => (await Server.Anonymous.Post("auth/passkeys/login/options")).Ok(200).Json;

    private Task<Answer> LogInWith(JsonNode credential, string? password = null) => Server.Anonymous.Post("auth/passkeys/login", new { credential, password });

    public sealed class OnSqlite(MailedSqlite s) : PasskeyTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : PasskeyTests(s);
}
