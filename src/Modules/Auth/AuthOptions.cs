using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth;

internal enum RegistrationMode
{
    Open,
    Invitation,
    Closed,
}

internal enum SecondFactorPolicy
{
    Off,
    Admins,
    All,
}

/// <summary>Section <c>Auth</c>.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>OWASP Password Storage: the fewest rounds that a password in use may be hashed by.</summary>
    public const int LeastIterations = 210_000;

    /// <summary>Who may make an account once the server has an admin.</summary>
    [EnumDataType(typeof(RegistrationMode))]
    public RegistrationMode Registration { get; set; } = RegistrationMode.Open;

    /// <summary>Whether <c>email</c> must be given to register.</summary>
    public bool EmailRequired { get; set; } = true;

    /// <summary>Whether an account with an email address logs in only after its owner has confirmed it. Needs mail.</summary>
    public bool EmailVerificationRequired { get; set; }

    /// <summary>Who must have a second factor. Who has none yet can do nothing but set one up.</summary>
    [EnumDataType(typeof(SecondFactorPolicy))]
    public SecondFactorPolicy SecondFactor { get; set; } = SecondFactorPolicy.Off;

    /// <summary>Whether a code by mail counts as second factor beside an authenticator app and passkeys.</summary>
    public bool EmailCodes { get; set; } = true;

    /// <summary>Wrong second factors for one account, from wherever, before it has to wait.</summary>
    [Range(3, 100)]
    public int SecondFactorFailures { get; set; } = 10;

    /// <summary>How long a proof of oneself (login, step-up) is good for what needs a fresh one.</summary>
    [Range(1, 1440)]
    public int StepUpMinutes { get; set; } = 10;

    /// <summary>Letters of one kind (codes, resets) that one address may be asked to be sent in a quarter of an hour.</summary>
    [Range(1, 1000)]
    public int LettersPerAddressee { get; set; } = 3;

    /// <summary>Such letters that one network address may ask for in a quarter of an hour.</summary>
    [Range(1, 10_000)]
    public int LettersPerAddress { get; set; } = 30;

    /// <summary>Live personal access tokens of one account.</summary>
    [Range(1, 1000)]
    public int TokensPerAccount { get; set; } = 50;

    /// <summary>Passkeys of one account.</summary>
    [Range(1, 100)]
    public int PasskeysPerAccount { get; set; } = 20;

    /// <summary>Invitations by mail that one member may send in a day.</summary>
    [Range(0, 10_000)]
    public int InvitationsPerDay { get; set; } = 20;

    [Range(1, 1440)]
    public int AccessTokenMinutes { get; set; } = 15;

    /// <summary>A session that nobody used for so long has ended.</summary>
    [Range(1, 365)]
    public int SessionIdleDays { get; set; } = 30;

    /// <summary>A session ends so long after its login, however much it is used.</summary>
    [Range(1, 365)]
    public int SessionAbsoluteDays { get; set; } = 90;

    /// <summary>Live sessions of one account; one more ends the one that was idle for longest.</summary>
    [Range(1, 1000)]
    public int SessionsPerAccount { get; set; } = 50;

    /// <summary>How long the direct repeat of a used refresh token is taken for a lost reply. 0: never.</summary>
    [Range(0, 300)]
    public int RefreshRepeatSeconds { get; set; } = 30;

    /// <summary>How long a socket ticket is valid.</summary>
    [Range(1, 300)]
    public int TicketSeconds { get; set; } = 30;

    /// <summary>PBKDF2-HMAC-SHA-512 rounds. Hashes with fewer are renewed at the next login. Below <see cref="LeastIterations"/>: see <see cref="AuthOptionsRules"/>.</summary>
    [Range(1_000, 10_000_000)]
    public int PasswordIterations { get; set; } = LeastIterations;

    /// <summary>Passwords hashed at once; 0: one less than there are cores, at least one. Others wait without holding a thread.</summary>
    [Range(0, 8)]
    public int HashingsAtOnce { get; set; }

    /// <summary>Who may wait for a hashing; more are told to come back.</summary>
    [Range(1, 10_000)]
    public int HashingsWaiting { get; set; } = 500;

    /// <summary>Wrong passwords for one account from one address (IPv6: its /64) before it has to wait.</summary>
    [Range(1, 1000)]
    public int FailuresPerAccountAndAddress { get; set; } = 10;

    /// <summary>Wrong passwords from one address, for whatever accounts, before it has to wait.</summary>
    [Range(1, 100_000)]
    public int FailuresPerAddress { get; set; } = 50;

    /// <summary>Failures are forgotten so long after the last one; it is also the longest wait.</summary>
    [Range(1, 1440)]
    public int FailureWindowMinutes { get; set; } = 15;

    /// <summary>The first wait; each further failure doubles it.</summary>
    [Range(1, 3600)]
    public int FirstLockSeconds { get; set; } = 30;

    public TimeSpan Freshness => TimeSpan.FromMinutes(StepUpMinutes);

    public TimeSpan AccessTokenLifetime => TimeSpan.FromMinutes(AccessTokenMinutes);

    public TimeSpan IdleLimit => TimeSpan.FromDays(SessionIdleDays);

    public TimeSpan AbsoluteLimit => TimeSpan.FromDays(SessionAbsoluteDays);
}

/// <summary>Cheap hashes are for tests alone: for a server that has its throttling off, and so cannot be meant for people.</summary>
internal sealed class AuthOptionsRules(IOptions<RateLimitOptions> limits) : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options) => options.PasswordIterations >= AuthOptions.LeastIterations || !limits.Value.Enabled
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Auth:PasswordIterations must be at least {AuthOptions.LeastIterations}.");
}

/// <summary>Section <c>RateLimits</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>False turns all throttling off: for tests and load generators only.</summary>
    public bool Enabled { get; set; } = true;
}
