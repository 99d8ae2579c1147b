using System.Linq.Expressions;

namespace ChatMonolith.BuildingBlocks.Listing;

/// <summary>One order of a list.</summary>
internal interface ISortOrder<TRow>
{
    /// <returns>The rows after the cursor in their order; null for a cursor that is none of this order's.</returns>
    IQueryable<TRow>? Walk(IQueryable<TRow> rows, bool descending, Cursor? after);

    /// <summary>What a cursor holds beside the id.</summary>
    string KeyOf(TRow row);
}

internal sealed class ByCreation<TRow>(Expression<Func<TRow, Guid>> id) : ISortOrder<TRow>
{
    public IQueryable<TRow>? Walk(IQueryable<TRow> rows, bool descending, Cursor? after)
    {
        if (after is { IsBroken: true })
        {
            return null;
        }

        if (after is not null)
        {
            rows = rows.Where(Expression.Lambda<Func<TRow, bool>>(Comparison.Beyond(id.Body, after.Id, descending, orEqual: false), id.Parameters));
        }

        return descending ? rows.OrderByDescending(id) : rows.OrderBy(id);
    }

    public string KeyOf(TRow row) => "";
}

internal sealed class ByKey<TRow, TKey>(Expression<Func<TRow, Guid>> id, Expression<Func<TRow, TKey>> key, Func<TKey, string> write, Func<string, object?> read) : ISortOrder<TRow>
{
    private readonly Func<TRow, TKey> keyOf = key.Compile();

    public IQueryable<TRow>? Walk(IQueryable<TRow> rows, bool descending, Cursor? after)
    {
        if (after is { IsBroken: true })
        {
            return null;
        }

        if (after is not null)
        {
            if (read(after.Key) is not TKey value)
            {
                return null;
            }

            // key ≤ k and (key < k or id < i): the first half is what an index can be entered by.
            var row = key.Parameters[0];
            var idBody = new Replace(id.Parameters[0], row).Visit(id.Body);
            var within = Comparison.Beyond(key.Body, value, descending, orEqual: true);
            var past = Expression.OrElse(Comparison.Beyond(key.Body, value, descending, orEqual: false), Comparison.Beyond(idBody, after.Id, descending, orEqual: false));
            rows = rows.Where(Expression.Lambda<Func<TRow, bool>>(Expression.AndAlso(within, past), row));
        }

        return descending ? rows.OrderByDescending(key).ThenByDescending(id) : rows.OrderBy(key).ThenBy(id);
    }

    public string KeyOf(TRow row) => write(keyOf(row));

    private sealed class Replace(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}

/// <summary>Comparisons as Entity Framework translates them, with the value as a parameter of the query.</summary>
internal static class Comparison
{
    public static BinaryExpression Beyond<T>(Expression column, T value, bool descending, bool orEqual)
    {
        // A field of a closure becomes a parameter; a constant would make each page another query.
        Expression given = Expression.Field(Expression.Constant(new Box<T>(value)), nameof(Box<T>.Value));
        if (typeof(T) == typeof(string))
        {
            (column, given) = (Expression.Call(typeof(string), nameof(string.Compare), Type.EmptyTypes, column, given), Expression.Constant(0));
        }
        else if (typeof(T) == typeof(Guid))
        {
            (column, given) = (Expression.Call(column, nameof(Guid.CompareTo), Type.EmptyTypes, given), Expression.Constant(0));
        }

        return (descending, orEqual) switch
        {
            (true, true) => Expression.LessThanOrEqual(column, given),
            (true, false) => Expression.LessThan(column, given),
            (false, true) => Expression.GreaterThanOrEqual(column, given),
            (false, false) => Expression.GreaterThan(column, given),
        };
    }

    private sealed class Box<T>(T value)
    {
        public readonly T Value = value;
    }
}
