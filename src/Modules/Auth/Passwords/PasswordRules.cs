using System.Collections.Frozen;
using System.Reflection;
using FluentValidation;

namespace ChatMonolith.Auth.Passwords;

/// <summary>
/// What a new password must be (ASVS 5.0, V6.2): long enough, not common, not the person's own name. Nothing is asked of its
/// composition, and nothing is trimmed or normalised.
/// </summary>
internal static class PasswordRules
{
    /// <summary>In UTF-16 code units.</summary>
    public const int Min = 8;

    public const int Max = 128;

    /// <summary>A shorter own name would refuse passwords by accident.</summary>
    private const int ShortestName = 3;

    private const string Product = "chatmonolith";

    private static readonly Lazy<FrozenSet<string>> Common = new(ReadCommon);

    /// <summary>Why this may not be a password; null when it may.</summary>
    /// <param name="password">As received.</param>
    /// <param name="username">The account's username, if it is known.</param>
    /// <param name="email">The account's email, if it has one.</param>
    public static string? Objection(string password, string? username, string? email)
    {
        if (password.Length is < Min or > Max)
        {
            return $"A password has {Min} to {Max} characters.";
        }

        if (Common.Value.Contains(password.ToLowerInvariant()))
        {
            return "This password is one of the most common ones, and would be guessed first. Choose another.";
        }

        string?[] names = [username, email?.Split('@')[0], email, Product];
        return names.Any(n => n is { Length: >= ShortestName } && password.Contains(n, StringComparison.OrdinalIgnoreCase))
            ? "A password must not contain your username, your email address or the name of this program."
            : null;
    }

    /// <summary>For login and the current password: anything that could ever have been a password, so that longer ones are never hashed.</summary>
    public static IRuleBuilderOptions<T, string?> PasswordThatMayBeWrong<T>(this IRuleBuilder<T, string?> rule) =>
        rule.NotEmpty().WithMessage("Enter the password.").MaximumLength(Max).WithMessage($"A password has at most {Max} characters.");

    private static FrozenSet<string> ReadCommon()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
