using System.Text;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Mail.Composing;
using Microsoft.Extensions.Configuration;

namespace ChatMonolith.Tests.Mailing;

/// <summary>A82: no text adds a header, ends a message, or becomes markup.</summary>
public class MimeTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 5, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("a@example.org\r\nBcc: b@example.org")]
    [InlineData("a@example.org>\r\nDATA")]
    [InlineData("a@example.org, b@example.org")]
    [InlineData("\"a b\"@example.org")]
    [InlineData("a@exam ple.org")]
    [InlineData("a@example.org>")]
    [InlineData("@example.org")]
    [InlineData("ä@example.org")]
    [InlineData("a@example.org\0")]
    public void A82_an_address_is_an_address_and_nothing_more(string address)
    {
        MailAddress.IsSafe(address).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => MimeMessage.Write(Guid.NewGuid(), At, "chat@example.org", "Chat", address, new Composed("s", "t", "h")));
        Should.Throw<ArgumentException>(() => MimeMessage.Write(Guid.NewGuid(), At, address, "Chat", "a@example.org", new Composed("s", "t", "h")));
    }

    [Fact]
    public void A82_whatever_stands_in_names_and_texts_the_message_keeps_its_headers_and_its_end()
    {
        const string hostile = "x\r\nBcc: evil@example.org\r\n\r\n.\r\nMAIL FROM:<evil@example.org>\r\n..\r\n";
        var bytes = MimeMessage.Write(Guid.NewGuid(), At, "chat@example.org", hostile, "a@example.org", new Composed(hostile + new string('ü', 500), hostile + new string('é', 5000), hostile));
        bytes.ShouldAllBe(b => b < 128);
        var text = Encoding.ASCII.GetString(bytes);
        var lines = text.Split("\r\n");
        lines.ShouldAllBe(l => l.Length <= 78 && !l.Contains('\n') && !l.Contains('\r'));
        lines.ShouldNotContain(l => l.StartsWith('.'));
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n").Where(l => !l.StartsWith(' ')).Select(l => l.Split(':')[0]).ToArray();
        head.ShouldBe(["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]);
    }

    [Fact]
    public void Every_kind_of_letter_has_a_text_in_every_language_and_fills_all_its_places()
    {
        var composer = new LetterComposer(new ConfigurationBuilder().AddInMemoryCollection([new("Server:Name", "Our <chat>"), new("Server:PublicUrl", "https://chat.example.org/")]).Build());
        string[] names = ["name", "code", "username", "inviter", "message", "device", "address", "time", "sender", "files", "until", "lines"];
        var values = names.ToDictionary(n => n, n => $"<{n}>");
        values["link"] = "/reset#secret";
        values["stop"] = "/stop";
        values["change"] = "totp.on";
        Templates.Languages.Order().ShouldBe(["de", "en"]);
        foreach (var language in Templates.Languages)
        {
            foreach (var kind in Enum.GetValues<LetterKind>())
            {
                var letter = composer.Compose(kind, language, values);
                letter.Subject.ShouldNotBeNullOrWhiteSpace();
                letter.Subject.ShouldNotContain("{");
                letter.Text.ShouldNotContain("{");
                letter.Html.ShouldNotContain("<name>");
                letter.Html.ShouldContain("Our &lt;chat&gt;");
                letter.Text.ShouldNotContain("totp.on");
            }
        }

        composer.Compose(LetterKind.ResetPassword, "fr", values).Text.ShouldContain("https://chat.example.org/reset#secret", customMessage: "English for who speaks another language");
    }
}
