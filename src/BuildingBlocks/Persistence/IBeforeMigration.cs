namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Something that has to be done while the database still is as the earlier version left it.</summary>
public interface IBeforeMigration
{
    Task Run(CancellationToken ct);
}
