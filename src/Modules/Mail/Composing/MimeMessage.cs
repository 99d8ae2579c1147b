using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatMonolith.Mail.Composing;

/// <summary>
/// Writes a letter as a message (RFC 5322) with two alternatives (RFC 2046, 5.1.4): ASCII lines of at most 998 characters that end with
/// CR LF, whatever the texts hold. Everything in a header is encoded or has been proven safe, so that no text adds a header.
/// </summary>
internal static class MimeMessage
{
    /// <summary>Bytes of UTF-8 in one encoded word: its line has at most 76 characters with the header's name (RFC 2047, 2).</summary>
    private const int WordBytes = 39;

    private const int LineLength = 76;

    /// <param name="id">The letter's: a repeat has the same Message-ID, by which mail systems know it.</param>
    /// <param name="at">Its date.</param>
    /// <param name="from">A safe address (<see cref="MailAddress.IsSafe"/>).</param>
    /// <param name="fromName">Any text.</param>
    /// <param name="to">A safe address.</param>
    /// <param name="letter">Any texts.</param>
    public static byte[] Write(Guid id, DateTimeOffset at, string from, string fromName, string to, Composed letter)
    {
        if (!MailAddress.IsSafe(from) || !MailAddress.IsSafe(to))
        {
            throw new ArgumentException("An address may not carry more than an address.", nameof(to));
        }

        var boundary = "=_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var message = new StringBuilder()
            .Append("From: ").Append(Encoded(fromName)).Append("\r\n <").Append(from).Append(">\r\n")
            .Append("To: <").Append(to).Append(">\r\n")
            .Append("Subject: ").Append(Encoded(letter.Subject)).Append("\r\n")
            .Append("Date: ").Append(at.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)).Append("\r\n")
            .Append("Message-ID: <").Append(id.ToString("N")).Append('@').Append(from.Split('@')[1]).Append(">\r\n")
            .Append("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n")
            .Append("Content-Type: multipart/alternative;\r\n boundary=\"").Append(boundary).Append("\"\r\n\r\n");
        foreach (var (type, text) in new[] { ("plain", letter.Text), ("html", letter.Html) })
        {
            message.Append("--").Append(boundary).Append("\r\nContent-Type: text/").Append(type)
                .Append("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n").Append(QuotedPrintable(text)).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(message.Append("--").Append(boundary).Append("--\r\n").ToString());
    }

    /// <summary>Base64 words, parted between characters: any text stays one header of short lines.</summary>
    private static string Encoded(string text)
    {
        var words = new List<string>();
        var word = new List<byte>(WordBytes);
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > WordBytes)
            {
                words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
                word.Clear();
            }

            word.AddRange(bytes);
        }

        words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
        return string.Join("\r\n ", words);
    }

    /// <summary>RFC 2045, 6.7. A dot at the beginning of a line is encoded too, so that nothing depends on dots being doubled.</summary>
    private static string QuotedPrintable(string text)
    {
        var result = new StringBuilder(text.Length * 2);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var column = 0;
            var bytes = Encoding.UTF8.GetBytes(line);
            for (var i = 0; i < bytes.Length; i++)
            {
                var b = bytes[i];
                var plain = b is >= 33 and <= 126 and not (byte)'=' || (b is 32 or 9 && i < bytes.Length - 1);
                plain &= b != (byte)'.' || column > 0;
                var length = plain ? 1 : 3;
                if (column + length > LineLength - 1)
                {
                    result.Append("=\r\n");
                    column = 0;
                    plain &= b != (byte)'.';
                    length = plain ? 1 : 3;
                }

                _ = plain ? result.Append((char)b) : result.Append('=').Append(b.ToString("X2", CultureInfo.InvariantCulture));
                column += length;
            }

            result.Append("\r\n");
        }

        return result.ToString();
    }
}
