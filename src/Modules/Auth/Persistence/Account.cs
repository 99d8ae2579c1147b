using ChatMonolith.Contracts.Auth;
using Microsoft.AspNetCore.Identity;

namespace ChatMonolith.Auth.Persistence;

/// <summary>
/// An account with its profile. Identity's own fields that have no use here (telephone, lock-out: see <see cref="Passwords.LoginThrottle"/>)
/// are not stored. <c>UserName</c> is in lower case, <c>SecurityStamp</c> changes with every credential.
/// </summary>
internal sealed class Account : IdentityUser<Guid>
{
    public const int UsernameMin = 3;
    public const int UsernameMax = 32;
    public const int EmailMax = 254;
    public const int DisplayNameMax = 80;
    public const int BioMax = 500;
    public const int LanguageMax = 8;

    public string DisplayName { get; set; } = "";

    /// <summary>What people are searched by.</summary>
    public string DisplayNameKey { get; set; } = "";

    public string Bio { get; set; } = "";

    public ServerRole Role { get; set; }

    public bool IsBot { get; set; }

    public bool IsActive { get; set; } = true;

    public long CreatedAt { get; set; }

    public long? LastLoginAt { get; set; }

    /// <summary>Changes with the picture; null without one.</summary>
    public string? AvatarVersion { get; set; }

    /// <summary>Of the current key for encrypted files; null where none was made.</summary>
    public string? KeyFingerprint { get; set; }

    /// <summary>In which letters are written; as the browser asked at the last login.</summary>
    public string Language { get; set; } = "";

    /// <summary>Wrong second factors since the last right one.</summary>
    public int SecondFailures { get; set; }

    /// <summary>No second factor is looked at before.</summary>
    public long SecondLockedUntil { get; set; }

    /// <summary>
    /// The password was reset by mail, so a code by mail would prove nothing more: it does not count until another factor was used once.
    /// </summary>
    public bool EmailCodeBlocked { get; set; }

    /// <summary>Deleted by its owner: what stands under it in rooms remains.</summary>
    public long? DeletedAt { get; set; }

    public static string EmailKey(string email) => email.ToLowerInvariant();

    public static string SearchKey(string text) => text.ToLowerInvariant();

    /// <summary>As others see it.</summary>
    public UserView ToView() =>
        new(Id, UserName!, DisplayName, Bio, AvatarVersion is null ? null : $"/api/v1/users/{Id}/avatar?v={AvatarVersion}", KeyFingerprint, Role is ServerRole.Admin, Role, IsBot, IsActive, CreatedAt);

    /// <summary>As its owner and admins see it.</summary>
    public UserView ToOwnView() => ToView() with { Email = Email, EmailVerified = EmailConfirmed };
}
