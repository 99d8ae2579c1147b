namespace ChatMonolith.BuildingBlocks.Errors;

/// <summary>
/// An expected failure: a stable <paramref name="Code"/> from <see cref="ErrorCodes"/> and a text that says what to do next.
/// Expected failures are values; exceptions are defects.
/// </summary>
/// <param name="Code">Stable, snake_case; decides the HTTP status.</param>
/// <param name="Detail">One sentence for a person. Never holds a secret or what the caller may not see.</param>
/// <param name="Fields">For <see cref="ErrorCodes.Validation"/>: texts by field name.</param>
/// <param name="RetryAfter">When to try again, for the codes that say so.</param>
/// <param name="Extensions">Further members of the problem body, such as <c>methods</c>.</param>
public sealed record Error(
    string Code,
    string Detail,
    IReadOnlyDictionary<string, string[]>? Fields = null,
    TimeSpan? RetryAfter = null,
    IReadOnlyDictionary<string, object?>? Extensions = null)
{
    /// <summary>The member of a problem and of an error frame that says which conflict it is.</summary>
    public const string ReasonMember = "reason";

    public static readonly Error NotFound = new(ErrorCodes.NotFound, "There is nothing here that you may see.");

    public static Error Validation(string field, string text) =>
        new(ErrorCodes.Validation, text, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [text] });

    public static Error Forbidden(string detail) => new(ErrorCodes.Forbidden, detail);

    /// <param name="detail">One sentence for a person.</param>
    /// <param name="reason">One of <see cref="ConflictReasons"/>, where somebody can do something about it.</param>
    public static Error Conflict(string detail, string? reason = null) =>
        new(ErrorCodes.Conflict, detail, Extensions: reason is null ? null : new Dictionary<string, object?>(StringComparer.Ordinal) { [ReasonMember] = reason });

    public static Error Unauthenticated(string detail = "Log in first.") => new(ErrorCodes.Unauthenticated, detail);

    /// <summary>The outcome is not known; the caller repeats with the same <c>clientId</c>.</summary>
    public static Error Unavailable(string detail = "The outcome is not known. Try again.") =>
        new(ErrorCodes.Unavailable, detail, RetryAfter: TimeSpan.FromSeconds(1));

    public static Error RateLimited(TimeSpan retryAfter) =>
        new(ErrorCodes.RateLimited, "Too much in a short time. Wait a moment and try again.", RetryAfter: retryAfter);
}
