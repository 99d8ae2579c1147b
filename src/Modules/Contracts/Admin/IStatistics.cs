namespace ChatMonolith.Contracts.Admin;

/// <param name="Name">Of the series, such as <c>files.bytes</c>; at most 40 characters.</param>
/// <param name="Value">Now.</param>
public sealed record Figure(string Name, double Value);

/// <summary>What a module counts for the administration's pictures. Asked once a minute, so it is answered from an index.</summary>
public interface IStatistics
{
    Task<IReadOnlyList<Figure>> Read(CancellationToken ct);
}
