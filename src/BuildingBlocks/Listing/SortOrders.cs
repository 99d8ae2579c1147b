using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.BuildingBlocks.Listing;

/// <summary>
/// The orders that a list can be had in, each a walk along an index whose ties the id breaks; pages follow the last row that was seen
/// (keyset), so that what is added or removed meanwhile shifts nothing.
/// </summary>
/// <param name="id">The row's id, which begins with its time: the order by creation.</param>
/// <param name="creation">What that order is called.</param>
public sealed class SortOrders<TRow>(Expression<Func<TRow, Guid>> id, string creation = "createdAt")
    where TRow : class
{
    private readonly Dictionary<string, ISortOrder<TRow>> orders = new(StringComparer.Ordinal) { [creation] = new ByCreation<TRow>(id) };
    private readonly Func<TRow, Guid> idOf = id.Compile();

    public SortOrders<TRow> By(string name, Expression<Func<TRow, string>> key)
    {
        orders.Add(name, new ByKey<TRow, string>(id, key, text => text, text => text));
        return this;
    }

    public SortOrders<TRow> By(string name, Expression<Func<TRow, long>> key)
    {
        orders.Add(name, new ByKey<TRow, long>(
            id, key, number => number.ToString(CultureInfo.InvariantCulture), text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null));
        return this;
    }

    /// <param name="rows">With the list's filters, not ordered.</param>
    /// <param name="list">What was asked for; the newest first without <c>sort</c>.</param>
    /// <param name="show">Turns the rows of a page into what is answered.</param>
    /// <param name="ct">The request.</param>
    public async Task<Result<Page<TView>>> Page<TView>(
        IQueryable<TRow> rows, ListParameters list, Func<IReadOnlyList<TRow>, CancellationToken, Task<IReadOnlyList<TView>>> show, CancellationToken ct)
    {
        var sort = string.IsNullOrEmpty(list.Sort) ? "-" + creation : list.Sort;
        var descending = sort[0] == '-';
        if (!orders.TryGetValue(sort.TrimStart('-'), out var order))
        {
            return Error.Validation("sort", $"Sort by {string.Join(", ", orders.Keys)}; with - before it the other way round.");
        }

        if (order.Walk(rows, descending, Cursor.Read(list.Cursor, sort)) is not { } walk)
        {
            return Error.Validation("cursor", "This cursor was not given out by this list in this order.");
        }

        var found = await walk.Take(list.PageSize + 1).ToListAsync(ct);
        var more = found.Count > list.PageSize;
        if (more)
        {
            found.RemoveAt(found.Count - 1);
        }

        var items = await show(found, ct);
        return new Page<TView>(items, more ? new Cursor(sort, idOf(found[^1]), order.KeyOf(found[^1])).ToString() : null);
    }

    public Task<Result<Page<TView>>> Page<TView>(IQueryable<TRow> rows, ListParameters list, Func<TRow, TView> show, CancellationToken ct) =>
        Page(rows, list, (page, _) => Task.FromResult<IReadOnlyList<TView>>([.. page.Select(show)]), ct);
}

/// <summary>Where a page ended. Null in the hands of a walk is its beginning, <see cref="IsBroken"/> one that was not given out here.</summary>
internal sealed record Cursor(string Sort, Guid Id, string Key)
{
    private static readonly Cursor Broken = new("", Guid.Empty, "");

    public bool IsBroken => Sort.Length == 0;

    public static Cursor? Read(string? text, string sort)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            var parts = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text)).Split('\n', 3);
            return parts.Length == 3 && parts[0] == sort && Guid.TryParseExact(parts[1], "N", out var id) && !parts[2].Contains('\0', StringComparison.Ordinal) ? new Cursor(sort, id, parts[2]) : Broken;
        }
        catch (FormatException)
        {
            return Broken;
        }
    }

    public override string ToString() => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes($"{Sort}\n{Id:N}\n{Key}"));
}
