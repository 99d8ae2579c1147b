using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ChatMonolith.BuildingBlocks.Listing;

/// <summary>What every list of the administration takes.</summary>
public sealed record ListParameters
{
    /// <summary>1 to 200 characters: what it finds is said by each list.</summary>
    [FromQuery]
    public string? Query { get; init; }

    /// <summary>A field; <c>-</c> before it turns the order round.</summary>
    [FromQuery]
    public string? Sort { get; init; }

    /// <summary>1 to 200; 50 without it.</summary>
    [FromQuery]
    public int? Limit { get; init; }

    /// <summary>Of the page before.</summary>
    [FromQuery]
    public string? Cursor { get; init; }

    /// <summary><c>csv</c>: the whole list, as <c>Accept: text/csv</c> asks for too.</summary>
    [FromQuery]
    public string? Format { get; init; }

    public const int MaxQuery = 200;
    private const string CsvFormat = "csv";

    /// <summary>What is searched for, as it is compared; null for nothing.</summary>
    public string? Sought => string.IsNullOrWhiteSpace(Query) ? null : Query.Trim().ToLowerInvariant();

    public int PageSize => Limit ?? Page<object>.DefaultLimit;

    public Error? Problem =>
        Query?.Length > MaxQuery ? Error.Validation("query", $"Search for at most {MaxQuery} characters.")
        : Query?.Contains('\0', StringComparison.Ordinal) == true ? Error.Validation("query", "No text holds this character.")
        : PageSize is < 1 or > Page<object>.MaxLimit ? Error.Validation("limit", $"A page has 1 to {Page<object>.MaxLimit} items.")
        : Format is not (null or "json" or CsvFormat) ? Error.Validation("format", "`format` is `json` or `csv`.")
        : null;

    /// <summary>Answers one page as JSON, or the whole list as CSV, page by page.</summary>
    public async Task<IResult> Answer<T>(HttpRequest request, Func<ListParameters, Task<Result<Page<T>>>> ask)
    {
        if (Problem is { } problem)
        {
            return problem.ToProblem();
        }

        var asCsv = Format == CsvFormat || (Format is null && request.GetTypedHeaders().Accept.Any(a => a.MediaType == "text/csv"));
        var first = await ask(asCsv ? this with { Limit = Page<object>.MaxLimit } : this);
        return first.ToHttp(page => asCsv ? new CsvResult<T>(page, cursor => ask(this with { Limit = Page<object>.MaxLimit, Cursor = cursor })) : Results.Ok(page));
    }
}
