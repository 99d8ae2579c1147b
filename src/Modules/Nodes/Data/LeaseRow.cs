namespace ChatMonolith.Nodes.Data;

/// <summary>A node that lives, or has died lately. All times are UTC milliseconds by the database's clock.</summary>
internal sealed class LeaseRow
{
    public const int MaxName = 60;
    public const int MaxVersion = 60;
    public const int MaxBackend = 63;
    public const int MaxProblem = 300;

    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>The <c>application_name</c> of its connections, so that another node can end them.</summary>
    public string Backend { get; init; } = "";

    public long StartedAt { get; init; }

    public long LeaseUntil { get; init; }

    /// <summary>Since when it may not renew its lease any more.</summary>
    public long? FencedAt { get; init; }

    /// <summary>Its connections to the database have been ended.</summary>
    public bool Reaped { get; init; }

    /// <summary>It takes no new sockets and is going to stop.</summary>
    public bool Draining { get; init; }

    /// <summary>The number of its last letter.</summary>
    public long Told { get; init; }

    public int Sockets { get; init; }

    /// <summary>Rooms and people that somebody listens to on it.</summary>
    public int Topics { get; init; }

    /// <summary>How long after its commit it followed the last commit of another node.</summary>
    public long LagMilliseconds { get; init; }

    /// <summary>The last thing that went wrong between it and the others.</summary>
    public string? Problem { get; init; }

    public static string Cut(string text, int length) => text.Length > length ? text[..length] : text;
}

/// <summary>A letter that is too long for a notification (8,000 bytes).</summary>
internal sealed class LetterRow
{
    public const int MaxBody = 100_000;

    public Guid Id { get; init; }

    public string Body { get; init; } = "";

    public long At { get; init; }
}
