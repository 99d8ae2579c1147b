namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>A keyset page: <paramref name="NextCursor"/> is null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
}

/// <summary>A list that is answered whole.</summary>
public sealed record Items<T>(IReadOnlyList<T> List)
{
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public IReadOnlyList<T> List { get; init; } = List;
}
