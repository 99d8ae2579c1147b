namespace ChatMonolith.Nodes.Data;

/// <summary>What all nodes have in common and a copy of the database must not show; see <see cref="BuildingBlocks.Nodes.SharedSecret"/>.</summary>
internal sealed class SecretRow
{
    public const int MaxName = 32;

    public string Name { get; init; } = "";

    public byte[] Sealed { get; init; } = [];
}
