using ChatMonolith.Contracts.Auth;

namespace ChatMonolith.Auth.Persistence;

/// <summary>An authenticator app (RFC 6238).</summary>
internal sealed class TotpRow
{
    public Guid AccountId { get; init; }

    /// <summary>The shared secret, encrypted under a key of the server's.</summary>
    public byte[] Sealed { get; init; } = [];

    public long CreatedAt { get; init; }

    /// <summary>Null until a first code was right; it counts for nothing before.</summary>
    public long? ConfirmedAt { get; set; }

    /// <summary>The step of the last code that was taken: none is taken twice, and none before it.</summary>
    public long LastStep { get; set; }
}

/// <summary>One of ten codes for who has lost everything else, as a MAC under a key of the server's.</summary>
internal sealed class RecoveryCodeRow
{
    public Guid Id { get; init; }

    public Guid AccountId { get; init; }

    public byte[] Hash { get; init; } = [];

    public long? UsedAt { get; set; }
}

internal enum CodePurpose
{
    VerifyEmail = 1,
    Login = 2,
    ChangeEmail = 3,
}

/// <summary>The newest code of six digits that an account was sent for a purpose; there is one at most.</summary>
internal sealed class CodeRow
{
    public const int MostAttempts = 5;
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public Guid AccountId { get; init; }

    public CodePurpose Purpose { get; init; }

    /// <summary>A MAC under a key of the server's: a plain hash of six digits is no secret.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>The address that it was sent to.</summary>
    public string Address { get; set; } = "";

    public long ExpiresAt { get; set; }

    public int Attempts { get; set; }
}

/// <summary>A link by which a forgotten password is set anew; the newest only.</summary>
internal sealed class ResetRow
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    public byte[] Hash { get; init; } = [];

    public Guid AccountId { get; init; }

    public long ExpiresAt { get; init; }
}

internal enum AskedFor
{
    Reset = 1,
    Verification = 2,
}

/// <summary>
/// Somebody asked for a letter to an address. It is written down whoever has that address, and answered later: so the asking takes as
/// long for one that nobody has.
/// </summary>
internal sealed class AskedRow
{
    public Guid Id { get; init; }

    public AskedFor For { get; init; }

    public string Address { get; init; } = "";

    public string Language { get; init; } = "";

    public long CreatedAt { get; init; }
}

/// <summary>A WebAuthn credential.</summary>
internal sealed class PasskeyRow
{
    public const int NameMax = 80;
    public const int TransportsMax = 200;

    public Guid Id { get; init; }

    public Guid AccountId { get; init; }

    public byte[] CredentialId { get; init; } = [];

    public byte[] PublicKey { get; init; } = [];

    public long SignCount { get; set; }

    /// <summary>Parted by commas.</summary>
    public string Transports { get; init; } = "";

    public bool IsBackupEligible { get; init; }

    public bool IsBackedUp { get; set; }

    public string Name { get; set; } = "";

    public long CreatedAt { get; init; }

    public long? LastUsedAt { get; set; }
}

/// <summary>A personal access token, by its SHA-256. Its life is that of its session.</summary>
internal sealed class TokenRow
{
    public const int NameMax = 80;

    public Guid SessionId { get; init; }

    public byte[] Hash { get; init; } = [];

    public string Name { get; init; } = "";

    public bool NeverExpires { get; init; }

    public Session Session { get; init; } = null!;
}

/// <summary>A kind of device that an account was used on.</summary>
internal sealed class DeviceRow
{
    public Guid AccountId { get; init; }

    public byte[] Hash { get; init; } = [];

    public long SeenAt { get; set; }
}

/// <summary>An invitation by mail to somebody who has no account.</summary>
internal sealed class InvitationRow
{
    public const int MessageMax = 500;
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public Guid Id { get; init; }

    public byte[] Hash { get; set; } = [];

    public string Email { get; init; } = "";

    public string EmailKey { get; init; } = "";

    public Guid InvitedBy { get; init; }

    public ServerRole Role { get; init; }

    public string Message { get; init; } = "";

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; set; }

    public long? AcceptedAt { get; set; }
}

internal enum ExportState
{
    Asked = 1,
    Ready = 2,
    Fetched = 3,
    Failed = 4,
}

/// <summary>A copy of one's own data that was asked for.</summary>
internal sealed class ExportRow
{
    public Guid Id { get; init; }

    public Guid AccountId { get; init; }

    public ExportState State { get; set; }

    public long CreatedAt { get; init; }

    public long? ReadyAt { get; set; }
}

/// <summary>A notice that an inbox is owed.</summary>
internal sealed class OwedNoticeRow
{
    public const int TextMax = 300;

    public Guid Id { get; init; }

    public Guid AccountId { get; init; }

    public string Text { get; init; } = "";

    public long CreatedAt { get; init; }
}

/// <summary>What one node has handed out, to be taken once on any; see <see cref="Nodes.SharedOnce"/>.</summary>
internal sealed class OnceRow
{
    public const int MaxValue = 10_000;

    /// <summary>The hash of what has to be shown.</summary>
    public byte[] Key { get; init; } = [];

    public string Value { get; init; } = "";

    public long ExpiresAt { get; init; }
}
