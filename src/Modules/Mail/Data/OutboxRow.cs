using ChatMonolith.Contracts.Mail;

namespace ChatMonolith.Mail.Data;

/// <summary>A letter that is owed, or that could not be delivered. A delivered one leaves no row.</summary>
internal sealed class OutboxRow
{
    public const int MaxAddress = 254;
    public const int MaxLanguage = 8;
    public const int MaxProblem = 300;

    public Guid Id { get; init; }

    public LetterKind Kind { get; init; }

    public string Address { get; init; } = "";

    public string Language { get; init; } = "";

    /// <summary>Its values, encrypted (<see cref="Seal"/>): they hold codes. Null for a dead letter.</summary>
    public byte[]? Sealed { get; set; }

    public long CreatedAt { get; init; }

    /// <summary>Not to be tried before.</summary>
    public long NextAt { get; set; }

    /// <summary>After it nobody has a use for the letter; the highest number for never.</summary>
    public long ExpiresAt { get; init; }

    public int Attempts { get; set; }

    /// <summary>Since when it is given up.</summary>
    public long? DeadAt { get; set; }

    /// <summary>What the last attempt met.</summary>
    public string? Problem { get; set; }
}
