using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Contracts.Auth;

public enum ServerRole
{
    Member,
    Admin,
    Guest,
}

/// <summary>The contract's <c>user</c>. <see cref="Email"/> and <see cref="EmailVerified"/> are told to oneself and admins only.</summary>
public sealed record UserView(
    Guid Id,
    string Username,
    string DisplayName,
    string Bio,
    string? AvatarUrl,
    string? KeyFingerprint,
    bool IsAdmin,
    ServerRole Role,
    bool IsBot,
    bool IsActive,
    Instant CreatedAt)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Email { get; init; }

    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public bool? EmailVerified { get; init; }
}
