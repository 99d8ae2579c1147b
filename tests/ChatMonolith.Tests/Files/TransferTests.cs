using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>Transfers: who opens them, what a download costs, and when they are over.</summary>
public abstract class TransferTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer server) : TransferTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : TransferTests(server);

    public sealed class OnS3(S3Server server) : TransferTests(server);

    [Fact]
    public async Task A_transfer_reaches_its_recipients_at_once_and_their_receipts_come_back()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var eve = await Server.Register("Eve");
        await bob.Connect();
        var bytes = FilePeople.Random(200_000);
        var files = new[] { (await ann.Store("one.bin", bytes)).Id(), (await ann.Store("two.txt", "two"u8.ToArray())).Id() };
        var made = (await ann.Http.Post("transfers", new { fileIds = files, message = "have a look", recipients = new object[] { new { userId = bob.Id }, new { email = "outside@example.net" }, new { email = $"{eve.Username}@example.org" } } })).Ok(201);
        var id = made["transfer"].Id();
        made["url"].GetString().ShouldBe($"/t/{id}#{made["secret"].GetString()}");
        made["transfer"].GetProperty("recipients").EnumerateArray().Select(r => r.String("email")).ShouldBe([null, "outside@example.net", $"{eve.Username}@example.org"]);
        made["transfer"].GetProperty("recipients")[2].GetProperty("userId").ValueKind.ShouldBe(JsonValueKind.Null);

        var received = await bob.Live.WaitFor(f => f.Type() == "transfer.received", "the transfer");
        received.GetProperty("transfer").Id().ShouldBe(id);
        received.GetProperty("transfer").GetProperty("recipients").GetArrayLength().ShouldBe(1);
        (await bob.Live.WaitFor(f => f.Type() == "notification", "the notification")).GetProperty("notification").Id("transferId").ShouldBe(id);
        (await eve.Http.Get("transfers/inbox")).Ok()["items"][0].Id().ShouldBe(id);

        var inbox = (await bob.Http.Get("transfers/inbox")).Ok()["items"][0];
        (inbox.Id(), inbox.GetProperty("downloaded").GetBoolean()).ShouldBe((id, false));
        var opened = (await bob.Http.Post($"transfers/{id}/open", new { })).Ok(200);
        opened["transfer"].GetProperty("files").EnumerateArray().Select(f => f.String("name")).ShouldBe(["one.bin", "two.txt"]);
        var token = opened["downloadToken"].GetString()!;
        (await Fetch(id, files[0], token)).Bytes.ShouldBe(bytes);
        (await Fetch(id, files[1], token)).Bytes.ShouldBe("two"u8.ToArray());
        (await Fetch(id, files[0], token, ("Range", "bytes=10-19"))).Bytes.ShouldBe(bytes[10..20]);
        var sent = (await ann.Http.Get("transfers/sent")).Ok()["items"][0];
        (sent.GetProperty("downloadCount").GetInt32(), sent.GetProperty("downloaded").GetBoolean()).ShouldBe((1, true));
        sent.GetProperty("recipients").EnumerateArray().Select(r => r.GetProperty("downloaded").GetBoolean()).ShouldBe([true, false, false]);
        sent.GetProperty("recipients")[0].GetProperty("downloadedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await bob.Http.Get("transfers/inbox")).Ok()["items"][0].GetProperty("downloaded").GetBoolean().ShouldBeTrue();
        (await eve.Http.Get("transfers/inbox")).Ok()["items"][0].GetProperty("downloaded").GetBoolean().ShouldBeFalse();
        (await bob.Http.Delete($"transfers/{id}")).Fails(403, "forbidden");
        (await bob.Http.Get($"files/{files[0]}")).Fails(404, "not_found");
    }

    [Fact]
    public async Task A_link_opens_with_its_secret_and_its_password_and_with_nothing_less()
    {
        await using var ann = await Server.Register("Ann");
        var file = (await ann.Store("a.txt", "a"u8.ToArray())).Id();
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file }, password = "open sesame" })).Ok(201);
        var (id, secret) = (made["transfer"].Id(), made["secret"].GetString()!);
        made["transfer"].GetProperty("hasPassword").GetBoolean().ShouldBeTrue();
        (await Server.Anonymous.Post($"transfers/{Guid.CreateVersion7()}/open", new { secret })).Fails(404, "not_found");
        foreach (var body in (object[])[new { }, new { secret = secret[..^1] }, new { secret = "", password = "open sesame" }, new { password = "open sesame" }, new { authKey = secret, password = "open sesame" }])
        {
            (await Server.Anonymous.Post($"transfers/{id}/open", body)).Fails(401, "invalid_credentials");
        }

        (await Server.Anonymous.Post($"transfers/{id}/open", new { secret })).Fails(401, "invalid_credentials")["hasPassword"].GetBoolean().ShouldBeTrue();
        (await Server.Anonymous.Post($"transfers/{id}/open", new { secret, password = "Open sesame" })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post($"transfers/{id}/open", new { secret, password = new[] { "open sesame" } })).Fails(400, "validation");
        var opened = (await Server.Anonymous.Post($"transfers/{id}/open", new { secret, password = "open sesame" })).Ok(200);
        opened["transfer"].GetProperty("recipients").GetArrayLength().ShouldBe(0);
        opened["transfer"].GetProperty("downloadCount").GetInt32().ShouldBe(0);
        opened.Text.ShouldNotContain(secret);
        var token = opened["downloadToken"].GetString()!;
        (await Server.Anonymous.Get($"transfers/{id}/files/{file}/content")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Send(HttpMethod.Get, $"transfers/{id}/files/{file}/content", null, ("Authorization", "Transfer " + secret))).Fails(401, "unauthenticated");
        (await Server.Anonymous.Send(HttpMethod.Get, $"transfers/{id}/files/{Guid.CreateVersion7()}/content", null, ("Authorization", "Transfer " + token))).Fails(404, "not_found");
        var other = (await ann.Http.Post("transfers", new { fileIds = new[] { file } })).Ok(201)["transfer"].Id();
        (await Server.Anonymous.Send(HttpMethod.Get, $"transfers/{other}/files/{file}/content", null, ("Authorization", "Transfer " + token))).Fails(401, "unauthenticated");
        (await Server.Anonymous.Send(HttpMethod.Get, "files", null, ("Authorization", "Transfer " + token))).Fails(401, "unauthenticated");
        (await Fetch(id, file, token)).Bytes.ShouldBe("a"u8.ToArray());

        // Its owner sees no secret anywhere any more.
        (await ann.Http.Get("transfers/sent")).Text.ShouldNotContain(secret);
    }

    [Fact]
    public async Task An_encrypted_transfer_opens_with_the_key_that_the_link_makes()
    {
        await using var ann = await Server.Register("Ann");
        var file = (await ann.Store("secret", [.. "CMFILE\r\n"u8, 1, 1, 16, 0, .. FilePeople.Random(100)])).Id();
        (await ann.Http.Get($"files/{file}")).Ok()["encrypted"].GetBoolean().ShouldBeTrue();
        var key = FilePeople.Random(32);
        var kdf = new { salt = Convert.ToHexStringLower(FilePeople.Random(32)), iterations = 600_000, hasPassword = true };
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file }, linkAuthHash = Convert.ToBase64String(SHA256.HashData(key)), linkKdf = kdf })).Ok(201);
        var id = made["transfer"].Id();
        (made["secret"].ValueKind, made["url"].GetString(), made["transfer"].GetProperty("encrypted").GetBoolean(), made["transfer"].GetProperty("hasPassword").GetBoolean())
            .ShouldBe((JsonValueKind.Null, $"/t/{id}", true, true));
        var told = (await Server.Anonymous.Post($"transfers/{id}/open", new { })).Fails(401, "invalid_credentials")["linkKdf"];
        (told.String("salt"), told.GetProperty("iterations").GetInt32(), told.GetProperty("hasPassword").GetBoolean()).ShouldBe((kdf.salt, kdf.iterations, true));
        (await Server.Anonymous.Post($"transfers/{id}/open", new { authKey = Convert.ToBase64String(FilePeople.Random(32)) })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post($"transfers/{id}/open", new { authKey = Convert.ToHexStringLower(key) })).Ok(200);
        (await Server.Anonymous.Post($"transfers/{id}/open", new { authKey = Convert.ToBase64String(key) })).Ok(200);
        (await ann.Http.Post("transfers", new { fileIds = new[] { file }, linkAuthHash = "short", linkKdf = kdf })).Fails(400, "validation");
        (await ann.Http.Post("transfers", new { fileIds = new[] { file }, linkAuthHash = Convert.ToBase64String(key), linkKdf = kdf with { iterations = 5 } })).Fails(400, "validation");
        (await ann.Http.Post("transfers", new { fileIds = new[] { file }, linkAuthHash = Convert.ToBase64String(key), linkKdf = kdf, password = "x" })).Fails(400, "validation");
    }

    [Fact]
    public async Task A89_B15_a_hundred_at_once_on_a_limit_of_one_get_exactly_one()
    {
        await using var ann = await Server.Register("Ann");
        var bytes = FilePeople.Random(50_000);
        var file = (await ann.Store("once.bin", bytes)).Id();
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file }, maxDownloads = 1 })).Ok(201);
        var (id, secret) = (made["transfer"].Id(), made["secret"].GetString()!);
        var tokens = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => (await Server.Anonymous.Post($"transfers/{id}/open", new { secret })).Ok(200)["downloadToken"].GetString()!));
        tokens.Distinct().Count().ShouldBe(100);

        // Looking costs nothing.
        (await Head(id, file, tokens[0])).Ok(200).Header("Content-Length").ShouldBe("50000");
        (await Fetch(id, file, tokens[0], ("Range", "bytes=50000-"))).Answer.Fails(416, "range_not_satisfiable");
        (await Server.Anonymous.Post($"transfers/{id}/open", new { secret })).Ok(200)["transfer"].GetProperty("downloadCount").GetInt32().ShouldBe(0);

        var answers = await Task.WhenAll(tokens.Select((t, i) => i % 3 == 0 ? Fetch(id, file, t, ("Range", $"bytes={i}-")) : Fetch(id, file, t)));
        answers.Count(a => a.Answer.IsOk).ShouldBe(1);
        answers.Count(a => a.Answer.Status == 410).ShouldBe(99);
        var winner = tokens[Array.FindIndex(answers, a => a.Answer.IsOk)];
        (await ann.Http.Get($"transfers/{id}")).Ok()["downloadCount"].GetInt32().ShouldBe(1);
        (await Server.Anonymous.Post($"transfers/{id}/open", new { secret })).Fails(410, "gone");

        // The one that won goes on as often as it likes, all at once, also by ranges.
        var again = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Fetch(id, file, winner, ("Range", $"bytes={i * 100}-"))));
        again.ShouldAllBe(a => a.Answer.Status == 206);
        again[3].Bytes.ShouldBe(bytes[300..]);
        (await Fetch(id, file, winner)).Bytes.ShouldBe(bytes);
        (await ann.Http.Get($"transfers/{id}")).Ok()["downloadCount"].GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A89_parallel_requests_with_one_token_take_one_download()
    {
        await using var ann = await Server.Register("Ann");
        var file = (await ann.Store("x.bin", FilePeople.Random(1_000))).Id();
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file }, maxDownloads = 2 })).Ok(201);
        var id = made["transfer"].Id();
        var token = (await Server.Anonymous.Post($"transfers/{id}/open", new { secret = made["secret"].GetString() })).Ok()["downloadToken"].GetString()!;
        (await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Fetch(id, file, token)))).ShouldAllBe(a => a.Answer.IsOk);
        (await ann.Http.Get($"transfers/{id}")).Ok()["downloadCount"].GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task B19_what_is_taken_back_is_dead_at_once_for_tokens_too_and_downloads_that_flow_end()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var bytes = FilePeople.Random(30_000_000);
        var file = (await ann.Store("large.bin", bytes)).Id();
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file }, recipients = new[] { new { userId = bob.Id } } })).Ok(201);
        var (id, secret) = (made["transfer"].Id(), made["secret"].GetString()!);
        var token = (await Server.Anonymous.Post($"transfers/{id}/open", new { secret })).Ok()["downloadToken"].GetString()!;
        using var client = new HttpClient { BaseAddress = Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/transfers/{id}/files/{file}/content");
        request.Headers.TryAddWithoutValidation("Authorization", "Transfer " + token);
        using var flowing = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        flowing.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ann.Http.Delete($"transfers/{id}")).Ok(204);
        await Should.ThrowAsync<Exception>(async () => await flowing.Content.ReadAsByteArrayAsync());
        (await Fetch(id, file, token)).Answer.Fails(410, "gone");
        (await Server.Anonymous.Post($"transfers/{id}/open", new { secret })).Fails(410, "gone");
        (await bob.Http.Post($"transfers/{id}/open", new { })).Fails(410, "gone");
        (await bob.Http.Get("transfers/inbox")).Ok()["items"].GetArrayLength().ShouldBe(0);
        (await ann.Http.Delete($"transfers/{id}")).Ok(204);
        (await ann.Http.Get("transfers/sent")).Ok()["items"][0].GetProperty("revokedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await ann.Download(file)).ShouldBe(bytes);
    }

    [Fact]
    public async Task What_was_sent_stays_as_it_was_sent_when_the_file_changes_or_is_deleted()
    {
        await using var ann = await Server.Register("Ann");
        var file = (await ann.Store("draft.txt", "first"u8.ToArray())).Id();
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file } })).Ok(201);
        var id = made["transfer"].Id();
        (await ann.Http.Post($"files/{file}/versions", FilePeople.Form("final.txt", "second"u8.ToArray()))).Ok(201);
        (await ann.Http.Delete($"files/{file}")).Ok(204);
        var opened = (await Server.Anonymous.Post($"transfers/{id}/open", new { secret = made["secret"].GetString() })).Ok();
        opened["transfer"].GetProperty("files")[0].String("name").ShouldBe("draft.txt");
        (await Fetch(id, file, opened["downloadToken"].GetString()!)).Bytes.ShouldBe("first"u8.ToArray());
    }

    [Fact]
    public async Task Bounds_are_kept()
    {
        await using var ann = await Server.Register("Ann");
        var file = (await ann.Store("a", [1])).Id();
        object[] bad =
        [
            new { }, new { fileIds = Array.Empty<Guid>() }, new { fileIds = new[] { file, file } }, new { fileIds = new[] { Guid.CreateVersion7() } },
            new { fileIds = new[] { file }, expiresInHours = 0 }, new { fileIds = new[] { file }, expiresInHours = 100_000 }, new { fileIds = new[] { file }, maxDownloads = 0 },
            new { fileIds = new[] { file }, maxDownloads = -1 }, new { fileIds = new[] { file }, message = new string('m', 2_001) }, new { fileIds = new[] { file }, password = "" },
            new { fileIds = new[] { file }, recipients = new[] { new { email = "no address" } } }, new { fileIds = new[] { file }, recipients = new[] { new { name = "x" } } },
            new { fileIds = new[] { file }, recipients = new[] { new { userId = ann.Id } } },
        ];
        foreach (var body in bad)
        {
            (await ann.Http.Post("transfers", body)).Fails(400, "validation");
        }

        (await ann.Http.Post("transfers", new { fileIds = new[] { file }, recipients = new[] { new { userId = Guid.CreateVersion7() } } })).Fails(404, "not_found");
        (await Server.Anonymous.Post("transfers", new { fileIds = new[] { file } })).Fails(401, "unauthenticated");
        (await ann.Http.Get("transfers/sent")).Ok()["items"].GetArrayLength().ShouldBe(0);
    }

    private async Task<(Answer Answer, byte[] Bytes)> Fetch(Guid transfer, Guid file, string token, params (string Name, string Value)[] headers) =>
        await Server.Anonymous.Fetch($"transfers/{transfer}/files/{file}/content", [("Authorization", "Transfer " + token), .. headers]);

    private Task<Answer> Head(Guid transfer, Guid file, string token) =>
        Server.Anonymous.Send(HttpMethod.Head, $"transfers/{transfer}/files/{file}/content", null, ("Authorization", "Transfer " + token));
}
