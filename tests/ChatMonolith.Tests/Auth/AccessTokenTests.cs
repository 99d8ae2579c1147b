using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

/// <summary>Attacks on access tokens (ASVS 5.0, V9). The forger even holds the server's key where that is the point.</summary>
public abstract class AccessTokenTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A32_a_token_that_was_changed_anywhere_is_refused()
    {
        await using var ann = await Server.Register("ann");
        var token = ann.AccessToken;
        foreach (var at in Enumerable.Range(0, token.Length).Where(i => token[i] != '.' && (i % 5 == 0 || i > token.Length - 5)))
        {
            var flipped = token[at] == 'A' ? 'B' : 'A';
            await Refuses(token[..at] + flipped + token[(at + 1)..], $"changed at {at}");
        }
    }

    [Fact]
    public async Task A32_the_signature_has_one_spelling_only()
    {
        await using var ann = await Server.Register("ann");
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var token = ann.AccessToken;
        var last = alphabet.IndexOf(token[^1], StringComparison.Ordinal);

        // The last character carries two spare bits: these decode to the same bytes.
        await Refuses(token[..^1] + alphabet[last | 1], "spare bits");
        await Refuses(token + "=", "padding");
    }

    [Fact]
    public async Task A32_a_token_without_signature_or_with_anothers_payload_is_refused()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        var (a, b) = (ann.AccessToken.Split('.'), bob.AccessToken.Split('.'));
        await Refuses($"{a[0]}.{a[1]}", "no signature");
        await Refuses($"{a[0]}.{a[1]}.", "empty signature");
        await Refuses($"{a[0]}.{b[1]}.{a[2]}", "swapped payload");
        await Refuses($"{ann.AccessToken}.{a[2]}", "four parts");
        await Refuses("", "empty");
        await Refuses(new string('a', 4000), "long");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("nOnE")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("hs256")]
    [InlineData("")]
    public async Task A33_no_other_algorithm_is_taken(string algorithm)
    {
        await using var ann = await Server.Register("ann");
        var forge = TokenForge.WithTheKeyOf(Server);
        var header = TokenForge.HeaderOf(ann.AccessToken);
        header["alg"] = algorithm;
        await Refuses(forge.Sign(header, TokenForge.ClaimsOf(ann.AccessToken)), "signed");
        await Refuses($"{TokenForge.Encode(header.ToJsonString())}.{ann.AccessToken.Split('.')[1]}.", "unsigned");
    }

    [Theory]
    [InlineData("jwk", """{"kty":"oct","k":"AAAA"}""")]
    [InlineData("jku", "\"http://127.0.0.1:1/keys\"")]
    [InlineData("x5u", "\"http://127.0.0.1:1/cert\"")]
    [InlineData("kid", "\"../../../../dev/null\"")]
    [InlineData("kid", "\"' OR 1=1 --\"")]
    [InlineData("crit", """["exp"]""")]
    public async Task A34_a_key_that_the_token_brings_or_names_is_refused(string member, string value)
    {
        await using var ann = await Server.Register("ann");
        var header = TokenForge.HeaderOf(ann.AccessToken);
        header[member] = JsonNode.Parse(value);
        await Refuses(TokenForge.WithTheKeyOf(Server).Sign(header, TokenForge.ClaimsOf(ann.AccessToken)), member);
    }

    [Fact]
    public async Task A34_a_token_signed_with_another_key_is_refused()
    {
        await using var ann = await Server.Register("ann");
        var body = ann.AccessToken[..ann.AccessToken.LastIndexOf('.')];
        foreach (var key in (byte[][])[[], new byte[32], "secret"u8.ToArray()])
        {
            var signature = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(body));
            await Refuses($"{body}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}", "another key");
        }
    }

    [Fact]
    public async Task A35_the_forgers_own_copy_of_a_good_token_works_so_that_the_refusals_mean_something()
    {
        await using var ann = await Server.Register("ann");
        await Refuses(Changed(ann, claims => claims["jti"] = "copy"), "copy", expectValid: true);
    }

    [Fact]
    public async Task A35_expiry_and_not_before_are_enforced_and_must_be_whole_numbers()
    {
        await using var ann = await Server.Register("ann");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await Refuses(Changed(ann, c => c["exp"] = now - 1), "expired");
        await Refuses(Changed(ann, c => c["nbf"] = now + 300), "not yet");
        await Refuses(Changed(ann, c => c["iat"] = now + 300), "issued in the future");
        foreach (var claim in (string[])["exp", "nbf", "iat"])
        {
            await Refuses(Changed(ann, c => c.Remove(claim)), $"without {claim}");
            await Refuses(Changed(ann, c => c[claim] = null), $"{claim} null");
            await Refuses(Changed(ann, c => c[claim] = (now + 100).ToString(System.Globalization.CultureInfo.InvariantCulture)), $"{claim} as text");
            await Refuses(Changed(ann, c => c[claim] = now + 0.5), $"{claim} as a fraction");
            await Refuses(Changed(ann, c => c[claim] = JsonNode.Parse("1e400")), $"{claim} beyond all bounds");
            await Refuses(Changed(ann, c => c[claim] = JsonNode.Parse("9223372036854775808")), $"{claim} beyond 64 bits");
        }
    }

    [Fact]
    public async Task A35_a_claim_given_twice_is_refused()
    {
        await using var ann = await Server.Register("ann");
        var claims = TokenForge.ClaimsOf(ann.AccessToken).ToJsonString();
        var header = TokenForge.HeaderOf(ann.AccessToken).ToJsonString();
        await Refuses(TokenForge.WithTheKeyOf(Server).Sign(header, claims[..^1] + ",\"exp\":9999999999}"), "exp twice");
    }

    [Fact]
    public async Task A36_a_token_of_another_kind_is_no_access_token()
    {
        await using var ann = await Server.Register("ann");
        await Refuses(ann.RefreshToken, "a refresh token as bearer");
        await Refuses(Changed(ann, c => c["typ"] = "refresh"), "another purpose");
        await Refuses(Changed(ann, c => c.Remove("typ")), "without purpose");
        (await Server.Anonymous.Post("auth/refresh", new { refreshToken = ann.AccessToken })).Fails(401, "unauthenticated");
        var ticket = (await ann.Http.Post("auth/ws-ticket")).Ok(200)["ticket"].GetString()!;
        await Refuses(ticket, "a socket ticket as bearer");
    }

    [Fact]
    public async Task A36_a_token_of_another_person_for_this_session_is_refused()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        await Refuses(Changed(ann, c => c["sub"] = bob.Id.ToString()), "another person");
        await Refuses(Changed(ann, c => c["sid"] = Guid.CreateVersion7().ToString()), "no such session");
    }

    [Fact]
    public async Task A37_a_token_of_another_installation_with_the_same_key_is_refused()
    {
        await using var ann = await Server.Register("ann");
        await Refuses(Changed(ann, c => c["aud"] = Guid.CreateVersion7().ToString()), "another audience");
        await Refuses(Changed(ann, c => c.Remove("aud")), "no audience");
        await Refuses(Changed(ann, c => c["aud"] = new JsonArray(c["aud"]!.GetValue<string>())), "a list");
    }

    private string Changed(Person person, Action<JsonObject> change)
    {
        var claims = TokenForge.ClaimsOf(person.AccessToken);
        change(claims);
        return TokenForge.WithTheKeyOf(Server).Sign(TokenForge.HeaderOf(person.AccessToken), claims);
    }

    private async Task Refuses(string token, string what, bool expectValid = false)
    {
        var answer = await Server.Anonymous.Send(HttpMethod.Get, "auth/me", null, ("Authorization", "Bearer " + token));
        (answer.Status, answer.Code).ShouldBe(expectValid ? (200, null) : (401, "unauthenticated"), what);
    }

    public sealed class OnSqlite(SqliteServer s) : AccessTokenTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : AccessTokenTests(s);
}
