using System.Text;

namespace ChatMonolith.Files.Kinds;

/// <summary><c>Content-Disposition</c> (RFC 6266) with the name in both its forms: ASCII for old readers, and RFC 8187 for the others.</summary>
internal static class Disposition
{
    /// <summary>RFC 8187, attr-char.</summary>
    private const string AsTheyAre = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~";

    public static string Of(string name, bool inline)
    {
        var plain = new string([.. name.EnumerateRunes().Select(r => r.Value is >= 0x20 and < 0x7F and not ('"' or '\\' or '%' or ';') ? (char)r.Value : '_')]);
        var header = new StringBuilder(inline ? "inline" : "attachment").Append("; filename=\"").Append(plain).Append('"');
        if (plain != name)
        {
            header.Append("; filename*=UTF-8''");
            foreach (var b in Encoding.UTF8.GetBytes(name))
            {
                _ = AsTheyAre.Contains((char)b, StringComparison.Ordinal) ? header.Append((char)b) : header.Append('%').Append(Convert.ToHexString([b]));
            }
        }

        return header.ToString();
    }
}
