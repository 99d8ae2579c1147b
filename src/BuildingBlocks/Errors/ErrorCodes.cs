using System.Collections.Frozen;

namespace ChatMonolith.BuildingBlocks.Errors;

/// <summary>The one table of codes, statuses and titles (HTTP contract, "Errors"; bodies are RFC 9457).</summary>
public static class ErrorCodes
{
    public const string Validation = "validation";
    public const string Unauthenticated = "unauthenticated";
    public const string InvalidCredentials = "invalid_credentials";
    public const string TwoFactorRequired = "two_factor_required";
    public const string RefreshReused = "refresh_reused";
    public const string Forbidden = "forbidden";
    public const string Csrf = "csrf";
    public const string EmailNotVerified = "email_not_verified";
    public const string StepUpRequired = "step_up_required";
    public const string SetupRequired = "setup_required";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string Conflict = "conflict";
    public const string UsernameTaken = "username_taken";
    public const string EmailTaken = "email_taken";
    public const string Gone = "gone";
    public const string FileMissing = "file_missing";
    public const string PreconditionFailed = "precondition_failed";
    public const string TooLarge = "too_large";
    public const string QuotaExceeded = "quota_exceeded";
    public const string UnsupportedMedia = "unsupported_media";
    public const string RangeNotSatisfiable = "range_not_satisfiable";
    public const string CommandFailed = "command_failed";
    public const string LockedOut = "locked_out";
    public const string RateLimited = "rate_limited";
    public const string ChecksumMismatch = "checksum_mismatch";
    public const string Internal = "internal";
    public const string Unavailable = "unavailable";
    public const string InsufficientStorage = "insufficient_storage";

    /// <summary>Socket only: not JSON, not an object, or no string <c>type</c>.</summary>
    public const string BadFrame = "bad_frame";

    /// <summary>Socket only: a command that this server does not know.</summary>
    public const string UnknownType = "unknown_type";

    private static readonly FrozenDictionary<string, (int Status, string Title)> Table = new Dictionary<string, (int, string)>(StringComparer.Ordinal)
    {
        [Validation] = (400, "The request is not valid"),
        [BadFrame] = (400, "The frame cannot be read"),
        [UnknownType] = (400, "The command is not known"),
        [Unauthenticated] = (401, "Not logged in"),
        [InvalidCredentials] = (401, "The credentials are not right"),
        [TwoFactorRequired] = (401, "A second factor is needed"),
        [RefreshReused] = (401, "The session was ended"),
        [Forbidden] = (403, "Not allowed"),
        [Csrf] = (403, "The request came from another site"),
        [EmailNotVerified] = (403, "The email address is not verified"),
        [StepUpRequired] = (403, "Confirm that it is you"),
        [SetupRequired] = (403, "The server is not set up yet"),
        [NotFound] = (404, "Not found"),
        [MethodNotAllowed] = (405, "The method is not allowed"),
        [Conflict] = (409, "This conflicts with what is there"),
        [UsernameTaken] = (409, "The username is taken"),
        [EmailTaken] = (409, "The email address is taken"),
        [Gone] = (410, "No longer there"),
        [FileMissing] = (410, "The file's bytes are gone"),
        [PreconditionFailed] = (412, "A condition was not met"),
        [TooLarge] = (413, "Too large"),
        [QuotaExceeded] = (413, "The quota is used up"),
        [UnsupportedMedia] = (415, "The content type is not supported"),
        [RangeNotSatisfiable] = (416, "There is nothing in that range"),
        [CommandFailed] = (424, "The program behind the command gave no answer"),
        [LockedOut] = (429, "Too many failed attempts"),
        [RateLimited] = (429, "Too many requests"),
        [ChecksumMismatch] = (460, "The checksum does not match"),
        [Internal] = (500, "Something went wrong"),
        [Unavailable] = (503, "Not available just now"),
        [InsufficientStorage] = (507, "The server's storage is full"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> All => Table.Keys;

    public static int StatusOf(string code) => Table.TryGetValue(code, out var row) ? row.Status : 500;

    public static string TitleOf(string code) => Table.TryGetValue(code, out var row) ? row.Title : Table[Internal].Title;

    /// <summary>The code for a status that the framework itself answered.</summary>
    public static string ForStatus(int status) => status switch
    {
        400 => Validation,
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        413 => TooLarge,
        415 => UnsupportedMedia,
        429 => RateLimited,
        503 => Unavailable,
        >= 400 and < 500 => Validation,
        _ => Internal,
    };
}
