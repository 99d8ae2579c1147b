using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using FluentValidation;

namespace ChatMonolith.Auth.Users;

/// <summary>The bounds of what people write about themselves.</summary>
internal static class ProfileRules
{
    public static IRuleBuilderOptions<T, string?> IsDisplayName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(n => !string.IsNullOrWhiteSpace(n) && n.Length <= Account.DisplayNameMax && AccountRules.IsOneLine(n))
            .WithMessage($"A display name has 1 to {Account.DisplayNameMax} characters in one line, and is not blank.");

    public static IRuleBuilderOptions<T, string?> IsBio<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(b => b is { Length: <= Account.BioMax } && AccountRules.IsText(b))
            .WithMessage($"This text has at most {Account.BioMax} characters.");
}
