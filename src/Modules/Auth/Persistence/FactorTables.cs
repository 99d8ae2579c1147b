using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatMonolith.Auth.Persistence;

/// <summary>The tables of second factors, codes, tokens and invitations.</summary>
internal static class FactorTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<OwedNoticeRow>(notice =>
        {
            notice.ToTable("auth_owed_notices");
            notice.HasKey(n => n.Id);
            notice.Property(n => n.Id).HasColumnName("id").ValueGeneratedNever();
            notice.Property(n => n.AccountId).HasColumnName("account_id");
            notice.Property(n => n.Text).HasColumnName("text").HasMaxLength(OwedNoticeRow.TextMax);
            notice.Property(n => n.CreatedAt).HasColumnName("created_at");
        });
        model.Entity<OnceRow>(once =>
        {
            once.ToTable("auth_once");
            once.HasKey(o => o.Key);
            once.Property(o => o.Key).HasColumnName("key").ValueGeneratedNever();
            once.Property(o => o.Value).HasColumnName("value").HasMaxLength(OnceRow.MaxValue);
            once.Property(o => o.ExpiresAt).HasColumnName("expires_at");
            once.HasIndex(o => o.ExpiresAt).HasDatabaseName("auth_once_expiry");
        });
        model.Entity<TotpRow>(totp =>
        {
            totp.ToTable("auth_totp");
            totp.HasKey(t => t.AccountId);
            totp.Property(t => t.AccountId).HasColumnName("account_id").ValueGeneratedNever();
            totp.Property(t => t.Sealed).HasColumnName("sealed");
            totp.Property(t => t.CreatedAt).HasColumnName("created_at");
            totp.Property(t => t.ConfirmedAt).HasColumnName("confirmed_at");
            totp.Property(t => t.LastStep).HasColumnName("last_step");
            OfAccount(totp.HasOne<Account>().WithOne().HasForeignKey<TotpRow>(t => t.AccountId));
        });
        model.Entity<RecoveryCodeRow>(code =>
        {
            code.ToTable("auth_recovery_codes");
            code.HasKey(c => c.Id);
            code.Property(c => c.Id).HasColumnName("id").ValueGeneratedNever();
            code.Property(c => c.AccountId).HasColumnName("account_id");
            code.Property(c => c.Hash).HasColumnName("hash");
            code.Property(c => c.UsedAt).HasColumnName("used_at");
            code.HasOne<Account>().WithMany().HasForeignKey(c => c.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<CodeRow>(code =>
        {
            code.ToTable("auth_codes");
            code.HasKey(c => new { c.AccountId, c.Purpose });
            code.Property(c => c.AccountId).HasColumnName("account_id");
            code.Property(c => c.Purpose).HasColumnName("purpose").HasConversion<int>();
            code.Property(c => c.Hash).HasColumnName("hash");
            code.Property(c => c.Address).HasColumnName("address").HasMaxLength(Account.EmailMax);
            code.Property(c => c.ExpiresAt).HasColumnName("expires_at");
            code.Property(c => c.Attempts).HasColumnName("attempts");
            code.HasOne<Account>().WithMany().HasForeignKey(c => c.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<ResetRow>(reset =>
        {
            reset.ToTable("auth_resets");
            reset.HasKey(r => r.Hash);
            reset.Property(r => r.Hash).HasColumnName("hash").ValueGeneratedNever();
            reset.Property(r => r.AccountId).HasColumnName("account_id");
            reset.Property(r => r.ExpiresAt).HasColumnName("expires_at");
            reset.HasOne<Account>().WithMany().HasForeignKey(r => r.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<AskedRow>(asked =>
        {
            asked.ToTable("auth_asked");
            asked.HasKey(a => a.Id);
            asked.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
            asked.Property(a => a.For).HasColumnName("asked_for").HasConversion<int>();
            asked.Property(a => a.Address).HasColumnName("address").HasMaxLength(Account.EmailMax);
            asked.Property(a => a.Language).HasColumnName("language").HasMaxLength(Account.LanguageMax);
            asked.Property(a => a.CreatedAt).HasColumnName("created_at");
        });
        model.Entity<PasskeyRow>(Configure);
        model.Entity<TokenRow>(token =>
        {
            token.ToTable("auth_tokens");
            token.HasKey(t => t.SessionId);
            token.Property(t => t.SessionId).HasColumnName("session_id").ValueGeneratedNever();
            token.Property(t => t.Hash).HasColumnName("hash");
            token.Property(t => t.Name).HasColumnName("name").HasMaxLength(TokenRow.NameMax);
            token.Property(t => t.NeverExpires).HasColumnName("never_expires");
            token.HasOne(t => t.Session).WithOne().HasForeignKey<TokenRow>(t => t.SessionId).OnDelete(DeleteBehavior.Cascade);
            token.HasIndex(t => t.Hash).IsUnique();
        });
        model.Entity<DeviceRow>(device =>
        {
            device.ToTable("auth_devices");
            device.HasKey(d => new { d.AccountId, d.Hash });
            device.Property(d => d.AccountId).HasColumnName("account_id");
            device.Property(d => d.Hash).HasColumnName("hash");
            device.Property(d => d.SeenAt).HasColumnName("seen_at");
            device.HasOne<Account>().WithMany().HasForeignKey(d => d.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<InvitationRow>(Configure);
        model.Entity<ExportRow>(export =>
        {
            export.ToTable("auth_exports");
            export.HasKey(e => e.Id);
            export.Property(e => e.Id).HasColumnName("id").ValueGeneratedNever();
            export.Property(e => e.AccountId).HasColumnName("account_id");
            export.Property(e => e.State).HasColumnName("state").HasConversion<int>();
            export.Property(e => e.CreatedAt).HasColumnName("created_at");
            export.Property(e => e.ReadyAt).HasColumnName("ready_at");
            export.HasOne<Account>().WithMany().HasForeignKey(e => e.AccountId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void OfAccount<TRow>(ReferenceReferenceBuilder<TRow, Account> relation)
        where TRow : class => relation.OnDelete(DeleteBehavior.Cascade);

    private static void Configure(EntityTypeBuilder<PasskeyRow> passkey)
    {
        passkey.ToTable("auth_passkeys");
        passkey.HasKey(p => p.Id);
        passkey.Property(p => p.Id).HasColumnName("id").ValueGeneratedNever();
        passkey.Property(p => p.AccountId).HasColumnName("account_id");
        passkey.Property(p => p.CredentialId).HasColumnName("credential_id");
        passkey.Property(p => p.PublicKey).HasColumnName("public_key");
        passkey.Property(p => p.SignCount).HasColumnName("sign_count");
        passkey.Property(p => p.Transports).HasColumnName("transports").HasMaxLength(PasskeyRow.TransportsMax);
        passkey.Property(p => p.IsBackupEligible).HasColumnName("is_backup_eligible");
        passkey.Property(p => p.IsBackedUp).HasColumnName("is_backed_up");
        passkey.Property(p => p.Name).HasColumnName("name").HasMaxLength(PasskeyRow.NameMax);
        passkey.Property(p => p.CreatedAt).HasColumnName("created_at");
        passkey.Property(p => p.LastUsedAt).HasColumnName("last_used_at");
        passkey.HasOne<Account>().WithMany().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
        passkey.HasIndex(p => p.CredentialId).IsUnique();
    }

    private static void Configure(EntityTypeBuilder<InvitationRow> invitation)
    {
        invitation.ToTable("auth_invitations");
        invitation.HasKey(i => i.Id);
        invitation.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        invitation.Property(i => i.Hash).HasColumnName("hash");
        invitation.Property(i => i.Email).HasColumnName("email").HasMaxLength(Account.EmailMax);
        invitation.Property(i => i.EmailKey).HasColumnName("email_key").HasMaxLength(Account.EmailMax);
        invitation.Property(i => i.InvitedBy).HasColumnName("invited_by");
        invitation.Property(i => i.Role).HasColumnName("role").HasConversion<int>();
        invitation.Property(i => i.Message).HasColumnName("message").HasMaxLength(InvitationRow.MessageMax);
        invitation.Property(i => i.CreatedAt).HasColumnName("created_at");
        invitation.Property(i => i.ExpiresAt).HasColumnName("expires_at");
        invitation.Property(i => i.AcceptedAt).HasColumnName("accepted_at");
        invitation.HasOne<Account>().WithMany().HasForeignKey(i => i.InvitedBy).OnDelete(DeleteBehavior.Cascade);
        invitation.HasIndex(i => i.Hash).IsUnique();
        invitation.HasIndex(i => i.EmailKey);
    }
}
