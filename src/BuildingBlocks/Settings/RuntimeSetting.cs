namespace ChatMonolith.BuildingBlocks.Settings;

public enum SettingType
{
    Text,
    Number,
    Flag,
    Choice,
}

/// <summary>
/// A setting that may change while the server runs: whatever reads it reads it at each use. Modules register theirs; what is not
/// registered can be set in files and the environment alone.
/// </summary>
/// <param name="Key">As in configuration, such as <c>Auth:Registration</c>.</param>
/// <param name="Type">How it is shown and checked.</param>
/// <param name="Default">What counts where nothing is configured.</param>
/// <param name="Description">In a sentence.</param>
public sealed record RuntimeSetting(string Key, SettingType Type, string Default, string Description)
{
    /// <summary>For <see cref="SettingType.Choice"/>.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    public long? Min { get; init; }

    /// <summary>For a text: its longest length.</summary>
    public long? Max { get; init; }

    /// <summary>The value as it is stored; null with <paramref name="problem"/> where it is none.</summary>
    public string? Check(string value, out string problem)
    {
        problem = "";
        switch (Type)
        {
            case SettingType.Flag when bool.TryParse(value, out var flag):
                return flag ? "true" : "false";
            case SettingType.Number when long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)
                                         && number >= (Min ?? long.MinValue) && number <= (Max ?? long.MaxValue):
                return number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            case SettingType.Choice when Options!.FirstOrDefault(o => o.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } option:
                return option;
            case SettingType.Text when value.Trim() is { Length: > 0 } text && text.Length <= (Max ?? 200) && !text.Any(char.IsControl):
                return text;
        }

        problem = Type switch
        {
            SettingType.Flag => "This is true or false.",
            SettingType.Number => $"This is a number from {Min} to {Max}.",
            SettingType.Choice => $"This is one of {string.Join(", ", Options!)}.",
            _ => $"This is a text of 1 to {Max ?? 200} characters in one line.",
        };
        return null;
    }
}
