using ChatMonolith.Auth.Tokens;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Pictures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatMonolith.Auth.Persistence;

internal sealed class AuthDb : ModuleDbContext
{
    public AuthDb(DbContextOptions<AuthDb> options)
        : base(options)
    {
    }

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<AccountAvatar> Avatars => Set<AccountAvatar>();

    public DbSet<PersonKey> Keys => Set<PersonKey>();

    public DbSet<InstallationRow> Installations => Set<InstallationRow>();

    public DbSet<TotpRow> Totp => Set<TotpRow>();

    public DbSet<RecoveryCodeRow> RecoveryCodes => Set<RecoveryCodeRow>();

    public DbSet<CodeRow> Codes => Set<CodeRow>();

    public DbSet<ResetRow> Resets => Set<ResetRow>();

    public DbSet<AskedRow> Asked => Set<AskedRow>();

    public DbSet<PasskeyRow> Passkeys => Set<PasskeyRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<DeviceRow> Devices => Set<DeviceRow>();

    public DbSet<InvitationRow> Invitations => Set<InvitationRow>();

    public DbSet<ExportRow> Exports => Set<ExportRow>();

    public DbSet<OwedNoticeRow> OwedNotices => Set<OwedNoticeRow>();

    public DbSet<OnceRow> Once => Set<OnceRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Account>(Configure);
        modelBuilder.Entity<Session>(Configure);
        FactorTables.Configure(modelBuilder);
        modelBuilder.Entity<RefreshToken>(token =>
        {
            token.ToTable("auth_refresh_tokens");
            token.HasKey(t => t.Hash);
            token.Property(t => t.Hash).HasColumnName("hash").ValueGeneratedNever();
            token.Property(t => t.SessionId).HasColumnName("session_id");
            token.Property(t => t.IssuedAt).HasColumnName("issued_at");
            token.Property(t => t.UsedAt).HasColumnName("used_at");
            token.HasOne(t => t.Session).WithMany().HasForeignKey(t => t.SessionId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<AccountAvatar>(avatar =>
        {
            avatar.ToTable("auth_avatars");
            avatar.HasKey(a => a.AccountId);
            avatar.Property(a => a.AccountId).HasColumnName("account_id").ValueGeneratedNever();
            avatar.Property(a => a.Version).HasColumnName("version").HasMaxLength(Picture.VersionLength);
            avatar.Property(a => a.ContentType).HasColumnName("content_type").HasMaxLength(32);
            avatar.Property(a => a.Bytes).HasColumnName("bytes");
            avatar.HasOne<Account>().WithOne().HasForeignKey<AccountAvatar>(a => a.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<PersonKey>(key =>
        {
            key.ToTable("auth_keys");
            key.HasKey(k => new { k.AccountId, k.Fingerprint });
            key.Property(k => k.AccountId).HasColumnName("account_id");
            key.Property(k => k.Fingerprint).HasColumnName("fingerprint").HasMaxLength(PersonKey.FingerprintLength);
            key.Property(k => k.PublicKey).HasColumnName("public_key");
            key.Property(k => k.WrappedKey).HasColumnName("wrapped_key");
            key.Property(k => k.RecoveryKey).HasColumnName("recovery_key");
            key.Property(k => k.CreatedAt).HasColumnName("created_at");
            key.Property(k => k.RetiredAt).HasColumnName("retired_at");
            key.HasOne<Account>().WithMany().HasForeignKey(k => k.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<InstallationRow>(row =>
        {
            row.ToTable("auth_installation");
            row.HasKey(r => r.Key);
            row.Property(r => r.Key).HasColumnName("key").ValueGeneratedNever();
            row.Property(r => r.InstallationId).HasColumnName("installation_id");
            row.Property(r => r.CreatedAt).HasColumnName("created_at");
        });
    }

    private static void Configure(EntityTypeBuilder<Session> session)
    {
        session.ToTable("auth_sessions");
        session.HasKey(s => s.Id);
        session.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        session.Property(s => s.AccountId).HasColumnName("account_id");
        session.Property(s => s.CreatedAt).HasColumnName("created_at");
        session.Property(s => s.LastUsedAt).HasColumnName("last_used_at");
        session.Property(s => s.ExpiresAt).HasColumnName("expires_at");
        session.Property(s => s.EndedAt).HasColumnName("ended_at");
        session.Property(s => s.UserAgent).HasColumnName("user_agent").HasMaxLength(Session.UserAgentMax);
        session.Property(s => s.Ip).HasColumnName("ip").HasMaxLength(Session.IpMax);
        session.Property(s => s.Kind).HasColumnName("kind").HasConversion<int>().HasDefaultValue(SessionKind.Login);
        session.Property(s => s.Scopes).HasColumnName("scopes").HasConversion<int>().HasDefaultValue(TokenScopes.None);
        session.Property(s => s.Proof).HasColumnName("proof").HasConversion<int>().HasDefaultValue(Proof.None);
        session.Property(s => s.FreshAt).HasColumnName("fresh_at").HasDefaultValue(0L);
        session.HasOne(s => s.Account).WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
    }

    private void Configure(EntityTypeBuilder<Account> account)
    {
        account.ToTable("auth_accounts");
        account.HasKey(a => a.Id);
        account.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
        var username = account.Property(a => a.UserName).HasColumnName("username").HasMaxLength(Account.UsernameMax).IsRequired();
        account.Property(a => a.Email).HasColumnName("email").HasMaxLength(Account.EmailMax);
        account.Property(a => a.NormalizedEmail).HasColumnName("email_key").HasMaxLength(Account.EmailMax);
        account.Property(a => a.EmailConfirmed).HasColumnName("email_verified");
        account.Property(a => a.PasswordHash).HasColumnName("password_hash").HasMaxLength(256);
        account.Property(a => a.SecurityStamp).HasColumnName("security_stamp").HasMaxLength(64).IsRequired();
        account.Property(a => a.DisplayName).HasColumnName("display_name").HasMaxLength(Account.DisplayNameMax);
        var displayNameKey = account.Property(a => a.DisplayNameKey).HasColumnName("display_name_key").HasMaxLength(Account.DisplayNameMax);
        account.Property(a => a.Bio).HasColumnName("bio").HasMaxLength(Account.BioMax);
        account.Property(a => a.Role).HasColumnName("role").HasConversion<int>();
        account.Property(a => a.IsBot).HasColumnName("is_bot");
        account.Property(a => a.IsActive).HasColumnName("is_active");
        account.Property(a => a.CreatedAt).HasColumnName("created_at");
        account.Property(a => a.LastLoginAt).HasColumnName("last_login_at");
        account.Property(a => a.AvatarVersion).HasColumnName("avatar_version").HasMaxLength(Picture.VersionLength);
        account.Property(a => a.KeyFingerprint).HasColumnName("key_fingerprint").HasMaxLength(PersonKey.FingerprintLength);
        account.Property(a => a.Language).HasColumnName("language").HasMaxLength(Account.LanguageMax).HasDefaultValue("");
        account.Property(a => a.SecondFailures).HasColumnName("second_failures").HasDefaultValue(0);
        account.Property(a => a.SecondLockedUntil).HasColumnName("second_locked_until").HasDefaultValue(0L);
        account.Property(a => a.EmailCodeBlocked).HasColumnName("email_code_blocked").HasDefaultValue(false);
        account.Property(a => a.DeletedAt).HasColumnName("deleted_at");
        account.Ignore(a => a.NormalizedUserName).Ignore(a => a.ConcurrencyStamp).Ignore(a => a.PhoneNumber).Ignore(a => a.PhoneNumberConfirmed)
            .Ignore(a => a.TwoFactorEnabled).Ignore(a => a.LockoutEnabled).Ignore(a => a.LockoutEnd).Ignore(a => a.AccessFailedCount);
        account.HasIndex(a => a.UserName).IsUnique();
        account.HasIndex(a => a.NormalizedEmail).IsUnique();
        account.HasIndex(a => a.DisplayNameKey);
        account.HasIndex(a => a.Role);
        account.HasIndex(a => new { a.IsBot, a.Id }).HasDatabaseName("auth_accounts_bots");
        if (Database.IsNpgsql())
        {
            // A prefix is searched as a range, and a range follows the index only where the order is that of the code points.
            username.UseCollation("C");
            displayNameKey.UseCollation("C");
        }
    }
}
