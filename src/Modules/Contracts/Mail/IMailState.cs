namespace ChatMonolith.Contracts.Mail;

/// <param name="Works">A mail server is set.</param>
/// <param name="OldestWaiting">UTC milliseconds at which the longest waiting letter was written; null when none waits.</param>
/// <param name="GivenUp">Letters that were given up since the time that was asked for; without those about alerts, which would feed themselves.</param>
/// <param name="Problem">Why nothing leaves just now; null when it does, or nothing was tried.</param>
public sealed record MailStanding(bool Works, long? OldestWaiting, int GivenUp, string? Problem);

/// <summary>How it goes with the mail that is owed.</summary>
public interface IMailState
{
    /// <param name="since">UTC milliseconds from which on given up letters count.</param>
    /// <param name="ct">Cancels the query.</param>
    Task<MailStanding> Read(long since, CancellationToken ct);
}
