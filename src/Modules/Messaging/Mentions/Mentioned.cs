namespace ChatMonolith.Messaging.Mentions;

/// <summary>Whom a message is for: the people whom it names, and whether it is for everybody.</summary>
internal sealed record Mentioned(IReadOnlyList<Guid> People, bool All)
{
    public static readonly Mentioned Nobody = new([], All: false);

    public bool IsNobody => People.Count == 0 && !All;
}
