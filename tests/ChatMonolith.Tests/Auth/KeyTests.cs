using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Encryption;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class KeyTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_second_device_gets_the_wrapped_key_and_opens_it_and_others_see_the_public_one()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        using var key = PrivateKey.Create();
        var set = (await Set(ann, key)).Ok(200);
        set["fingerprint"].GetString().ShouldBe(key.Public.Fingerprint);
        set["retiredAt"].ValueKind.ShouldBe(JsonValueKind.Null);

        await using var second = await ann.AtAnotherDevice();
        var item = (await second.Http.Get("users/me/keys")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        foreach (var (member, secret) in ((string, string)[])[("wrappedKey", "passphrase"), ("recoveryKey", "recovery")])
        {
            using var again = PrivateKey.FromPkcs8(await Golden.Open(item.GetProperty(member).GetBytesFromBase64(), Opener.Passphrase(secret)));
            again.Public.ShouldBe(key.Public);
        }

        var seen = (await bob.Http.Get($"users/{ann.Id}/key")).Ok(200);
        seen.Header("cache-control").ShouldBe("no-store", "A110");
        PublicKey.Parse(seen["publicKey"].GetString()!).ShouldBe(key.Public);
        seen.Text.ShouldNotContain("wrappedKey");
        seen.Text.ShouldNotContain("recoveryKey");
        (await bob.Http.Get($"users/{ann.Id}")).Ok(200)["keyFingerprint"].GetString().ShouldBe(key.Public.Fingerprint);
        (await bob.Http.Get($"keys?email={ann.Username}@example.org")).Ok(200)["userId"].GetGuid().ShouldBe(ann.Id);
        (await bob.Http.Get($"keys?email={ann.Username.ToUpperInvariant()}@EXAMPLE.org")).Ok(200)["emailVerified"].GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_changed_key_is_told_to_contacts_and_the_earlier_one_is_kept()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        await ann.DirectRoomWith(bob);
        var his = await bob.Connect();
        using var first = PrivateKey.Create();
        using var other = PrivateKey.Create();
        (await Set(ann, first)).Ok(200);
        (await his.WaitFor(f => f.Type() == "profile", "the first key")).GetProperty("user").Word("keyFingerprint").ShouldBe(first.Public.Fingerprint);
        (await Set(ann, first, "another passphrase")).Ok(200);
        (await Set(ann, other)).Ok(200);
        await his.WaitFor(f => f.Type() == "profile" && f.GetProperty("user").Word("keyFingerprint") == other.Public.Fingerprint, "the changed key");
        his.Frames.Count(f => f.Type() == "profile").ShouldBe(2);

        var items = (await ann.Http.Get("users/me/keys")).Ok(200)["items"].EnumerateArray().ToArray();
        items.Select(i => i.GetProperty("fingerprint").GetString()).ShouldBe([other.Public.Fingerprint, first.Public.Fingerprint]);
        items[0].GetProperty("retiredAt").ValueKind.ShouldBe(JsonValueKind.Null);
        items[1].GetProperty("retiredAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await Golden.Open(items[1].GetProperty("wrappedKey").GetBytesFromBase64(), Opener.Passphrase("another passphrase"))).ShouldBe(first.ToPkcs8());
        (await bob.Http.Get($"users/{ann.Id}/key")).Ok(200)["fingerprint"].GetString().ShouldBe(other.Public.Fingerprint);

        // Going back to an earlier one is a change as well.
        (await Set(ann, first)).Ok(200)["retiredAt"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await bob.Http.Get($"users/{ann.Id}/key")).Ok(200)["fingerprint"].GetString().ShouldBe(first.Public.Fingerprint);
    }

    [Fact]
    public async Task A102_what_is_no_point_on_the_curve_is_refused()
    {
        await using var ann = await Server.Register("ann");
        using var key = PrivateKey.Create();
        var good = key.Public.ToSpki();
        byte[] head = [.. good[..23]];
        var (x, y) = (good[24..72], good[72..]);
        using var p256 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        foreach (var (name, spki) in (Dictionary<string, byte[]>)new()
            {
                ["off the curve"] = [.. good[..^1], (byte)(good[^1] ^ 1)],
                ["infinity"] = [.. head, .. new byte[97]],
                ["zero"] = [.. head, 4, .. new byte[96]],
                ["compressed"] = [.. head, (byte)(2 + (y[^1] & 1)), .. x],
                ["compressed, padded"] = [.. head, (byte)(2 + (y[^1] & 1)), .. x, .. new byte[48]],
                ["hybrid"] = [.. head, (byte)(6 + (y[^1] & 1)), .. x, .. y],
                ["not reduced"] = [.. head, 4, .. Enumerable.Repeat((byte)0xFF, 96)],
                ["another curve"] = p256.ExportSubjectPublicKeyInfo(),
                ["cut"] = good[..^1],
                ["longer"] = [.. good, 0],
                ["a private key"] = key.ToPkcs8(),
                ["nothing"] = [],
            })
        {
            (await Put(ann, Convert.ToBase64String(spki), await Wrapped(key, "a"), await Wrapped(key, "b"))).Fails(400, "validation")["errors"].TryGetProperty("publicKey", out _).ShouldBeTrue(name);
        }

        (await ann.Http.Get("users/me/keys")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        (await ann.Http.Get($"users/{ann.Id}/key")).Fails(404, "not_found");
        (await Put(ann, key.Public.ToPem(), await Wrapped(key, "a"), await Wrapped(key, "b"))).Ok(200);
    }

    [Fact]
    public async Task A98_a_private_key_that_is_not_wrapped_is_not_taken()
    {
        await using var ann = await Server.Register("ann");
        using var key = PrivateKey.Create();
        var spki = Convert.ToBase64String(key.Public.ToSpki());
        var (one, two) = (await Wrapped(key, "a"), await Wrapped(key, "b"));
        foreach (var (wrapped, recovery) in ((string?, string?)[])
            [
                (null, two), (one, null), ("", two), (Convert.ToBase64String(key.ToPkcs8()), two), (one, Convert.ToBase64String(key.ToPkcs8())), ("not base64", two), (one, one),
                (Convert.ToBase64String([.. Convert.FromBase64String(one), .. new byte[5000]]), two),
            ])
        {
            (await Put(ann, spki, wrapped, recovery)).Fails(400, "validation");
        }

        (await Server.Anonymous.Put("users/me/key", new { publicKey = spki, wrappedKey = one, recoveryKey = two })).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A41_keys_are_found_by_those_who_are_logged_in_and_wrapped_ones_by_their_owner_alone()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        using var key = PrivateKey.Create();
        (await Set(ann, key)).Ok(200);
        (await Server.Anonymous.Get($"users/{ann.Id}/key")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Get($"keys?email={ann.Username}@example.org")).Fails(401, "unauthenticated");
        (await bob.Http.Get("users/me/keys")).Ok(200)["items"].GetArrayLength().ShouldBe(0);

        // Nobody, and somebody without a key, are the same.
        var nobody = (await bob.Http.Get("keys?email=nobody@example.org")).Fails(404, "not_found");
        var noKey = (await bob.Http.Get($"keys?email={bob.Username}@example.org")).Fails(404, "not_found");
        noKey["detail"].GetString().ShouldBe(nobody["detail"].GetString());
        (await bob.Http.Get($"users/{Guid.CreateVersion7()}/key")).Fails(404, "not_found");
        (await bob.Http.Get($"users/{bob.Id}/key")).Fails(404, "not_found");
        foreach (var wrong in (string[])["", "?email=", "?email=nonsense", "?email=a@b"])
        {
            (await bob.Http.Get("keys" + wrong)).Fails(400, "validation");
        }
    }

    [Fact]
    public async Task A90_nobody_walks_through_a_list_of_addresses()
    {
        await using var server = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"));
        await using var ann = await server.Register("ann");
        var answers = new List<Answer>();
        for (var i = 0; i < 31; i++)
        {
            answers.Add(await ann.Http.Get($"keys?email=nobody{i}@example.org"));
        }

        answers.Take(30).ShouldAllBe(a => a.Status == 404);
        answers[^1].Fails(429, "rate_limited").Header("retry-after").ShouldNotBeNull();
    }

    private static async Task<Answer> Set(Person person, PrivateKey key, string passphrase = "passphrase") =>
        await Put(person, Convert.ToBase64String(key.Public.ToSpki()), await Wrapped(key, passphrase), await Wrapped(key, "recovery"));

    private static Task<Answer> Put(Person person, string publicKey, string? wrappedKey, string? recoveryKey) => person.Http.Put("users/me/key", new { publicKey, wrappedKey, recoveryKey });

    private static async Task<string> Wrapped(PrivateKey key, string passphrase) => Convert.ToBase64String(await Golden.Seal(key.ToPkcs8(), Recipient.Passphrase(passphrase)));

    public sealed class OnSqlite(SqliteServer s) : KeyTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : KeyTests(s);
}
