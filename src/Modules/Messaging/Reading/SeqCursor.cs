using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;

namespace ChatMonolith.Messaging.Reading;

internal interface IPagedBySeq
{
    int? Limit { get; }

    string? Cursor { get; }
}

/// <summary>
/// Where a page by numbers ended. It grants nothing: a query always asks for the caller's rights anew, so a forged one only begins
/// elsewhere in the same list.
/// </summary>
internal static class SeqCursor
{
    public static string Write(long seq) => seq.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number in a cursor that was validated; null at the beginning.</summary>
    public static long? Read(string? cursor) => cursor is null ? null : long.Parse(cursor, NumberStyles.None, CultureInfo.InvariantCulture);

    public static bool IsValid(string? cursor) => cursor is null || long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    public static void Check<T>(AbstractValidator<T> validator)
        where T : IPagedBySeq
    {
        validator.RuleFor(q => q.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
        validator.RuleFor(q => q.Cursor).Must(IsValid).WithMessage("This cursor is not one that this list gave out.");
    }
}
