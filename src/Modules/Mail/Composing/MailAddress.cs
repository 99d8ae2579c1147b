using System.Text.RegularExpressions;

namespace ChatMonolith.Mail.Composing;

internal static partial class MailAddress
{
    /// <summary>
    /// What may stand in <c>RCPT TO:&lt;…&gt;</c> and in a header: printable ASCII around one <c>@</c>, without spaces, angle brackets, quotes,
    /// commas or anything that could end the line.
    /// </summary>
    public static bool IsSafe(string? text) => text is { Length: > 2 and <= 254 } && Shape().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Shape();
}
