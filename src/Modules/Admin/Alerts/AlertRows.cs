namespace ChatMonolith.Admin.Alerts;

/// <summary>Something that is wrong, or was. Of each name one is open at most: an index says so, whoever else looks at the same time.</summary>
internal sealed class AlertRow
{
    public const int MaxName = 40;
    public const int MaxFacts = 2_000;

    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public AlertLevel Level { get; set; }

    /// <summary>JSON: names and texts.</summary>
    public string Facts { get; set; } = "{}";

    public long OpenedAt { get; init; }

    /// <summary>When it was told the last time: the mark by which of two that would tell one does.</summary>
    public long ToldAt { get; set; }

    public long? EndedAt { get; set; }
}

/// <summary>A post to the webhook that is owed; one that was taken leaves no row.</summary>
internal sealed class AlertPostRow
{
    public const int MaxBody = 4_000;
    public const int MaxProblem = 300;

    public Guid Id { get; init; }

    public Guid AlertId { get; init; }

    public string Body { get; init; } = "";

    public int Attempts { get; set; }

    public long CreatedAt { get; init; }

    public long NextAt { get; set; }

    public string? Problem { get; set; }
}
