using ChatMonolith.Auth.Tokens;

namespace ChatMonolith.Auth.Persistence;

internal enum SessionKind
{
    Login,

    /// <summary>A personal access token: it lives and ends as a session does, and no password change leaves it behind.</summary>
    Token,
}

/// <summary>With what a session has proven whose it is.</summary>
[Flags]
internal enum Proof
{
    None = 0,
    Password = 1,

    /// <summary>TOTP, a recovery code, a code by mail, or a passkey beside the password.</summary>
    SecondFactor = 2,

    /// <summary>A passkey that had verified its user: two factors in one.</summary>
    Passkey = 4,
}

/// <summary>One login on one device, or one personal access token. Times in UTC milliseconds.</summary>
internal sealed class Session
{
    public const int UserAgentMax = 256;
    public const int IpMax = 45;

    public Guid Id { get; init; }

    public Guid AccountId { get; init; }

    public long CreatedAt { get; init; }

    /// <summary>Behind what is in memory by a minute at most.</summary>
    public long LastUsedAt { get; set; }

    /// <summary>The absolute end.</summary>
    public long ExpiresAt { get; init; }

    public long? EndedAt { get; set; }

    public string UserAgent { get; init; } = "";

    public string Ip { get; set; } = "";

    public SessionKind Kind { get; init; }

    /// <summary>What a token may do; a login may do all.</summary>
    public TokenScopes Scopes { get; init; }

    public Proof Proof { get; set; }

    /// <summary>When its person last proved themselves.</summary>
    public long FreshAt { get; set; }

    public Account Account { get; init; } = null!;
}

/// <summary>A refresh token that was issued, by its SHA-256. Used ones are kept as long as their session, to know a reuse.</summary>
internal sealed class RefreshToken
{
    public byte[] Hash { get; init; } = [];

    public Guid SessionId { get; init; }

    public long IssuedAt { get; init; }

    public long? UsedAt { get; set; }

    public Session Session { get; init; } = null!;
}

/// <summary>The one row that says which installation this database is; the audience of its tokens.</summary>
internal sealed class InstallationRow
{
    public const int TheKey = 1;

    public int Key { get; init; } = TheKey;

    public Guid InstallationId { get; init; }

    public long CreatedAt { get; init; }
}
