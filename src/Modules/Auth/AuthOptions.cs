using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Auth;

internal enum RegistrationMode
{
    Open,
    Invitation,
    Closed,
}

/// <summary>Section <c>Auth</c>.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>Who may make an account once the server has an admin.</summary>
    [EnumDataType(typeof(RegistrationMode))]
    public RegistrationMode Registration { get; set; } = RegistrationMode.Open;

    /// <summary>Whether <c>email</c> must be given to register.</summary>
    public bool EmailRequired { get; set; } = true;

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

    /// <summary>PBKDF2-HMAC-SHA-512 rounds (OWASP: 210,000 or more). Hashes with fewer are renewed at the next login.</summary>
    [Range(210_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

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

    public TimeSpan AccessTokenLifetime => TimeSpan.FromMinutes(AccessTokenMinutes);

    public TimeSpan IdleLimit => TimeSpan.FromDays(SessionIdleDays);

    public TimeSpan AbsoluteLimit => TimeSpan.FromDays(SessionAbsoluteDays);
}

/// <summary>Section <c>RateLimits</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>False turns all throttling off: for tests and load generators only.</summary>
    public bool Enabled { get; set; } = true;
}
