using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Contracts.Mail;

/// <summary>What a letter is about; each has one template in each language. The numbers are stored.</summary>
public enum LetterKind
{
    VerifyEmail = 1,
    LoginCode = 2,
    ResetPassword = 3,
    Invitation = 4,
    NewDevice = 5,
    CredentialChanged = 6,
    ChangeEmail = 7,
    Transfer = 8,
    Digest = 9,

    /// <summary>An admin made an account.</summary>
    Welcome = 10,

    /// <summary>Something is wrong with the server. Alerts tell of it, of its lasting, and of its end.</summary>
    AlertRaised = 11,
    AlertLasts = 12,
    AlertOver = 13,
}

/// <param name="Kind">Which template.</param>
/// <param name="To">One ASCII address, as registration takes it.</param>
/// <param name="Language">Such as <c>de</c>; one that the server has no templates in reads English.</param>
/// <param name="Values">
/// By the template's placeholders, 4,000 characters in all. <c>link</c> and <c>stop</c> are addresses on this server, from <c>/</c> on;
/// <c>change</c>, <c>alert</c>, <c>finding</c> and <c>advice</c> name phrases in the reader's language, which may have placeholders of their own; all others are text.
/// </param>
/// <param name="ExpiresAt">UTC milliseconds after which it is of no use to anybody and not sent any more; null for never.</param>
public sealed record Letter(LetterKind Kind, string To, string Language, IReadOnlyDictionary<string, string> Values, long? ExpiresAt = null);

/// <summary>Owes people letters. What is written here is sent later, and again until a mail server has taken it.</summary>
public interface IMailOutbox
{
    /// <summary>A mail server is set. Without one <see cref="Post"/> does nothing.</summary>
    bool Works { get; }

    /// <summary>Whether letters can be addressed so; not whether anybody reads them.</summary>
    bool Takes(string address);

    /// <summary>
    /// Writes the letter in the open transaction of <paramref name="within"/> (a context of one's own, or of a log transaction), so that it
    /// is owed exactly if its cause is committed.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no open transaction.</exception>
    Task Post(ModuleDbContext within, Letter letter, CancellationToken ct);
}
