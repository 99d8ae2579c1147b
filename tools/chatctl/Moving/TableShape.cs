using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ChatMonolith.Chatctl.Moving;

internal enum ColumnKind
{
    Text,
    Number,
    Real,
    Flag,
    Id,
    Bytes,
}

/// <param name="Name">As the database has it.</param>
/// <param name="Kind">How it is written in an export, whatever the database.</param>
/// <param name="IsShort">Of 32 bits.</param>
internal sealed record ColumnShape(string Name, ColumnKind Kind, bool IsShort);

/// <summary>A table as the server's own model says it is, the same on both databases.</summary>
internal sealed record TableShape(string Name, IReadOnlyList<ColumnShape> Columns)
{
    /// <summary>Made anew from the rest by the server: the index of the search, and the tail of SQLite's log, which an orderly stop empties.</summary>
    private static bool IsDerived(string table) => table.StartsWith("msg_search_", StringComparison.Ordinal) || table is "msg_tail" or "msg_batches" or "msg_writers" || table.StartsWith("nodes_", StringComparison.Ordinal);

    /// <summary>All tables, those first that others refer to.</summary>
    public static IReadOnlyList<TableShape> All(IEnumerable<IModuleDatabase> databases)
    {
        var shapes = new List<TableShape>();
        foreach (var database in databases)
        {
            using var context = database.Create();
            var types = context.Model.GetEntityTypes().Where(t => t.GetTableName() is { } name && !IsDerived(name)).ToList();
            var done = new HashSet<IEntityType>();
            while (done.Count < types.Count)
            {
                var next = types.First(t => !done.Contains(t) && t.GetForeignKeys().All(k => k.PrincipalEntityType == t || done.Contains(k.PrincipalEntityType)));
                done.Add(next);
                shapes.Add(new TableShape(next.GetTableName()!, [.. next.GetProperties().Select(Column).OrderBy(c => c.Name, StringComparer.Ordinal)]));
            }
        }

        return shapes;
    }

    /// <exception cref="RefusedException">The format has no kind for it.</exception>
    private static ColumnShape Column(IProperty property)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        var stored = type.IsEnum ? property.GetTypeMapping().Converter?.ProviderClrType ?? typeof(int) : type;
        var kind = stored == typeof(Guid) ? ColumnKind.Id
            : stored == typeof(string) ? ColumnKind.Text
            : stored == typeof(bool) ? ColumnKind.Flag
            : stored == typeof(byte[]) ? ColumnKind.Bytes
            : stored == typeof(int) || stored == typeof(long) ? ColumnKind.Number
            : stored == typeof(double) ? ColumnKind.Real
            : throw new RefusedException($"{property.DeclaringType.GetTableName()}.{property.GetColumnName()} is of a kind that an export does not have. This version cannot export; a backup can be made.");
        return new ColumnShape(property.GetColumnName(), kind, stored == typeof(int));
    }
}
