using System.Security.Cryptography;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Mailing;

/// <summary>Letters about transfers, in a real conversation with a mail server.</summary>
public abstract class TransferLetterTests(MailedServer fixture) : AccountTests(fixture)
{
    public sealed class OnSqlite(MailedSqlite s) : TransferLetterTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : TransferLetterTests(s);

    [Fact]
    public async Task Who_was_named_by_address_gets_the_link_that_opens_it_and_who_has_an_account_its_address_alone()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Confirmed("bob");
        await using var carl = await Server.Register("carl");
        var outside = $"outside-{Guid.CreateVersion7().ToString("N")[^8..]}@example.net";
        var file = (await ann.Store("plans.txt", "the plans"u8.ToArray())).Id();
        var made = (await ann.Http.Post("transfers", new { fileIds = new[] { file }, message = "as promised", recipients = new object[] { new { email = outside }, new { userId = bob.Id }, new { userId = carl.Id } } })).Ok(201);
        var letter = await Mail.LetterTo(outside, "sent you files");
        letter.Text.ShouldContain("plans.txt");
        letter.Text.ShouldContain("They write: as promised");
        letter.Text.ShouldContain($"{MailServer.PublicUrl}/t/{made["transfer"].Id()}#");
        letter.Text.ShouldNotContain("encrypted");
        (await Server.Anonymous.Post($"transfers/{made["transfer"].Id()}/open", new { secret = letter.Secret })).Ok(200);
        var known = await Mail.LetterTo(AddressOf(bob), "sent you files");
        known.Text.ShouldContain($"{MailServer.PublicUrl}/t/{made["transfer"].Id()}");
        known.Secret.ShouldBeEmpty();
        (await bob.Http.Post($"transfers/{made["transfer"].Id()}/open", new { })).Ok(200);

        // An address that nobody confirmed may be anybody's.
        Mail.Letters.ShouldNotContain(l => l.To == AddressOf(carl) && l.Subject.Contains("sent you files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_letter_of_an_encrypted_transfer_names_no_file_and_holds_no_key()
    {
        await using var ann = await Server.Register("ann");
        var outside = $"outside-{Guid.CreateVersion7().ToString("N")[^8..]}@example.net";
        var file = (await ann.Store("0.cmfile", "CMFILE"u8.ToArray())).Id();
        var hash = Convert.ToBase64String(SHA256.HashData(RandomNumberGenerator.GetBytes(32)));
        var kdf = new { salt = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), iterations = 0, hasPassword = false };
        (await ann.Http.Post("transfers", new { fileIds = new[] { file }, linkAuthHash = hash, linkKdf = kdf, recipients = new[] { new { email = outside } } })).Ok(201);
        var letter = await Mail.LetterTo(outside, "sent you files");
        letter.Text.ShouldContain("The key is in a link");
        letter.Text.ShouldNotContain("cmfile");
        letter.Secret.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_that_no_letter_can_go_to_is_refused_and_nothing_is_sent()
    {
        await using var ann = await Server.Register("ann");
        var file = (await ann.Store("a.txt", "a"u8.ToArray())).Id();
        (await ann.Http.Post("transfers", new { fileIds = new[] { file }, recipients = new[] { new { email = "a>b@example.net" } } })).Fails(400, "validation");
        (await ann.Http.Get("transfers/sent")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
    }
}
