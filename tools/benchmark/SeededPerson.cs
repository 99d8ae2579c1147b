using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>A line of what <c>chatctl seed</c> writes.</summary>
internal sealed record SeededPerson(Guid UserId, string Username, string AccessToken, IReadOnlyList<Guid> Rooms)
{
    public static SeededPerson First(string file) => JsonSerializer.Deserialize<SeededPerson>(File.ReadLines(file).First(), JsonSerializerOptions.Web)!;

    public static IReadOnlyList<SeededPerson> All(string file) => [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<SeededPerson>(line, JsonSerializerOptions.Web)!)];
}
