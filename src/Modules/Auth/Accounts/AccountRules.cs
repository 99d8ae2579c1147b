using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ChatMonolith.Auth.Persistence;

namespace ChatMonolith.Auth.Accounts;

/// <summary>What names and addresses may look like, and how the server makes its own.</summary>
internal static partial class AccountRules
{
    private const string Consonants = "bdfghjklmnprstvz";
    private const string Vowels = "aeiou";

    /// <summary>Without those that are read for another (0 O, 1 l I).</summary>
    private const string PasswordCharacters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>ASCII letters are folded to lower case; every other character is left for the rule to refuse, so no two names can meet by folding.</summary>
    public static string FoldUsername(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        }
    });

    public static bool IsUsername(string folded) =>
        folded.Length is >= Account.UsernameMin and <= Account.UsernameMax
        && folded.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    /// <summary>What RFC 5321 delivers in practice: an ASCII dot-atom of at most 64, and a domain of two labels or more.</summary>
    public static bool IsEmail(string text) => text.Length <= Account.EmailMax && EmailShape().IsMatch(text);

    /// <summary>No line breaks or other control characters: it is shown in one line, and PostgreSQL takes no NUL.</summary>
    public static bool IsOneLine(string text) => !text.Any(char.IsControl);

    public static bool IsText(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));

    /// <summary>Such as <c>tavoke-4821</c>: easy to say, telling nothing of its owner. Whether it is free is asked when it is taken.</summary>
    public static string NewUsername()
    {
        Span<char> name = stackalloc char[6];
        for (var i = 0; i < name.Length; i++)
        {
            var letters = i % 2 == 0 ? Consonants : Vowels;
            name[i] = letters[RandomNumberGenerator.GetInt32(letters.Length)];
        }

        return $"{name}-{RandomNumberGenerator.GetInt32(1000, 10_000)}";
    }

    /// <summary>20 characters in groups of five: 116 bits.</summary>
    public static string NewPassword() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(PasswordCharacters, 5)));

    [GeneratedRegex(
        @"\A(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100)]
    private static partial Regex EmailShape();
}
