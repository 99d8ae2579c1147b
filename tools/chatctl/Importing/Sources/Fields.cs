using System.Text.Json;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>Members of what others have written, by name. What is missing, null or of another kind is nothing.</summary>
internal static class Fields
{
    /// <summary>UTC milliseconds: nobody wrote in a chat before 1990.</summary>
    private const long Earliest = 631_152_000_000;

    public static JsonElement? Member(this JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <exception cref="UnreadableTextException">It is a text that no string can hold: half of a surrogate pair.</exception>
    public static string? Text(this JsonElement json, string name) => json.Member(name) is { ValueKind: JsonValueKind.String } value ? value.AsText() : null;

    public static string AsText(this JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnreadableTextException();
        }
    }

    public static bool Flag(this JsonElement json, string name) => json.Member(name) is { ValueKind: JsonValueKind.True };

    public static long? Number(this JsonElement json, string name) =>
        json.Member(name) switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => value,
            { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) && Math.Abs(value) < 1e15 => (long)value,
            _ => null,
        };

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static IEnumerable<string> Texts(this JsonElement json, string name) =>
        json.Items(name).Where(i => i.ValueKind is JsonValueKind.String).Select(AsText);

    /// <summary>A time that a message can have: from 1990 to tomorrow.</summary>
    public static bool IsPlausible(long milliseconds, long now) => milliseconds >= Earliest && milliseconds <= now + 86_400_000;
}

/// <summary>A text with half of a surrogate pair: valid JSON that no string can hold.</summary>
internal sealed class UnreadableTextException : Exception;
