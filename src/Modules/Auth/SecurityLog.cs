using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth;

/// <summary>
/// Security events with stable ids, for whoever watches the logs. Never a secret; what a person typed only through <see cref="Clean"/>.
/// </summary>
internal static partial class SecurityLog
{
    /// <summary>Bounded, and without control characters: one event stays one line, whatever stands in a name (ASVS 16.4.1).</summary>
    public static string Clean(string? text)
    {
        var bounded = (text ?? "").AsSpan();
        bounded = bounded.Length > 256 ? bounded[..256] : bounded;
        return string.Create(bounded.Length, bounded, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '\uFFFD' : source[i];
            }
        });
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Account {AccountId} registered as {Username} with role {Role} from {Address}")]
    public static partial void Registered(this ILogger logger, Guid accountId, string username, string role, string address);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Account {AccountId} logged in from {Address}: session {SessionId}")]
    public static partial void LoggedIn(this ILogger logger, Guid accountId, Guid sessionId, string address);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "Wrong password for account {AccountId} from {Address}")]
    public static partial void PasswordWrong(this ILogger logger, Guid? accountId, string address);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "Login to account {AccountId} from {Address} refused for {Wait} more: too many wrong passwords")]
    public static partial void LockedOut(this ILogger logger, Guid? accountId, string address, TimeSpan wait);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Information, Message = "{Count} sessions of account {AccountId} ended: {Reason}")]
    public static partial void SessionsEnded(this ILogger logger, int count, Guid? accountId, string reason);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Information, Message = "Account {AccountId} changed its password from {Address}")]
    public static partial void PasswordChanged(this ILogger logger, Guid accountId, string address);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "A used refresh token came back from {Address}: session {SessionId} of account {AccountId} ends")]
    public static partial void RefreshReused(this ILogger logger, Guid accountId, Guid sessionId, string address);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Warning, Message = "{Method} {Path} refused: it came from another site ({Origin}, {FetchSite})")]
    public static partial void CrossSite(this ILogger logger, string method, string path, string origin, string fetchSite);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Warning, Message = "Set-up refused from {Address}")]
    public static partial void SetupRefused(this ILogger logger, string address);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "An access token was refused from {Address}: {Reason}")]
    public static partial void TokenRefused(this ILogger logger, string address, string reason);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Information, Message = "Account {AccountId}: {Change}, from {Address}")]
    public static partial void CredentialChanged(this ILogger logger, Guid accountId, string change, string address);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Warning, Message = "Wrong second factor for account {AccountId} from {Address}")]
    public static partial void SecondFactorWrong(this ILogger logger, Guid accountId, string address);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Information, Message = "Account {AccountId} stepped up from {Address}")]
    public static partial void SteppedUp(this ILogger logger, Guid accountId, string address);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Warning, Message = "A passkey was refused from {Address}: {Reason}")]
    public static partial void PasskeyRefused(this ILogger logger, string address, string reason);

    [LoggerMessage(EventId = 1015, Level = LogLevel.Information, Message = "Account {AccountId} invited somebody: invitation {InvitationId}")]
    public static partial void Invited(this ILogger logger, Guid accountId, Guid invitationId);

    [LoggerMessage(EventId = 1016, Level = LogLevel.Warning, Message = "Account {AccountId} was deleted by its owner from {Address}")]
    public static partial void AccountDeleted(this ILogger logger, Guid accountId, string address);

    [LoggerMessage(EventId = 1017, Level = LogLevel.Information, Message = "Account {AccountId} asked for a copy of its data: export {ExportId}")]
    public static partial void ExportAsked(this ILogger logger, Guid accountId, Guid exportId);
}
