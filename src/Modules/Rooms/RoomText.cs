using System.Globalization;
using FluentValidation;

namespace ChatMonolith.Rooms;

/// <summary>The bounds of what people write about a room, in UTF-16 code units, after trimming.</summary>
internal static class RoomText
{
    public const int MaxName = 80;
    public const int MaxTopic = 250;
    public const int MaxSlowModeSeconds = 3600;
    public const int MaxRetentionDays = 3650;

    public static IRuleBuilderOptions<T, string?> RoomName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(IsName).WithMessage($"A room's name has 1 to {MaxName} characters, some of them visible, and no control characters.");

    public static IRuleBuilderOptions<T, string?> Topic<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(topic => topic is null || (topic.Trim().Length <= MaxTopic && !topic.Any(char.IsControl)))
            .WithMessage($"A topic has at most {MaxTopic} characters and no control characters.");

    private static bool IsName(string? name) =>
        name?.Trim() is { Length: >= 1 and <= MaxName } trimmed && !trimmed.Any(char.IsControl) && trimmed.Any(IsVisible);

    // A name of zero-width characters alone would be a room that nobody can point at.
    private static bool IsVisible(char c) =>
        !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.OtherNotAssigned);
}
