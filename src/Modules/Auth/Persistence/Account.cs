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

    public static string EmailKey(string email) => email.ToLowerInvariant();

    public static string SearchKey(string text) => text.ToLowerInvariant();

    /// <summary>As others see it.</summary>
    public UserView ToView() =>
        new(Id, UserName!, DisplayName, Bio, AvatarVersion is null ? null : $"/api/v1/users/{Id}/avatar?v={AvatarVersion}", KeyFingerprint, Role is ServerRole.Admin, Role, IsBot, IsActive, CreatedAt);

    /// <summary>As its owner and admins see it.</summary>
    public UserView ToOwnView() => ToView() with { Email = Email, EmailVerified = EmailConfirmed };
}
