using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace ChatMonolith.Auth.Persistence;

[DbContext(typeof(AuthDb))]
[Migration("20261212110000_Factors")]
internal sealed class Factors : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ExtendAccounts(migrationBuilder);
        ExtendSessions(migrationBuilder);
        CreateSecondFactors(migrationBuilder);
        CreateCodes(migrationBuilder);
        CreatePasskeys(migrationBuilder);
        CreateTokens(migrationBuilder);
        CreateInvitations(migrationBuilder);
    }

    private static void ExtendAccounts(MigrationBuilder m)
    {
        m.AddColumn<string>("language", "auth_accounts", m.Text(8), maxLength: 8, nullable: false, defaultValue: "");
        m.AddColumn<int>("second_failures", "auth_accounts", m.Integer32(), nullable: false, defaultValue: 0);
        m.AddColumn<long>("second_locked_until", "auth_accounts", m.Number(), nullable: false, defaultValue: 0L);
        m.AddColumn<bool>("email_code_blocked", "auth_accounts", m.Flag(), nullable: false, defaultValue: false);
        m.AddColumn<long>("deleted_at", "auth_accounts", m.Number(), nullable: true);
    }

    private static void ExtendSessions(MigrationBuilder m)
    {
        m.AddColumn<int>("kind", "auth_sessions", m.Integer32(), nullable: false, defaultValue: 0);
        m.AddColumn<int>("scopes", "auth_sessions", m.Integer32(), nullable: false, defaultValue: 0);
        m.AddColumn<int>("proof", "auth_sessions", m.Integer32(), nullable: false, defaultValue: 0);
        m.AddColumn<long>("fresh_at", "auth_sessions", m.Number(), nullable: false, defaultValue: 0L);
    }

    private static void CreateSecondFactors(MigrationBuilder m)
    {
        m.CreateTable(
            "auth_totp",
            t => new
            {
                account_id = t.Column<Guid>(m.Id()),
                @sealed = t.Column<byte[]>(m.Bytes()),
                created_at = t.Column<long>(m.Number()),
                confirmed_at = t.Column<long>(m.Number(), nullable: true),
                last_step = t.Column<long>(m.Number()),
            },
            constraints: t => OfAccount(t, "auth_totp", c => c.account_id, c => c.account_id));
        m.CreateTable(
            "auth_recovery_codes",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                account_id = t.Column<Guid>(m.Id()),
                hash = t.Column<byte[]>(m.Bytes()),
                used_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => OfAccount(t, "auth_recovery_codes", c => c.id, c => c.account_id));
        m.CreateIndex("IX_auth_recovery_codes_account_id", "auth_recovery_codes", "account_id");
        m.CreateTable(
            "auth_devices",
            t => new
            {
                account_id = t.Column<Guid>(m.Id()),
                hash = t.Column<byte[]>(m.Bytes()),
                seen_at = t.Column<long>(m.Number()),
            },
            constraints: t => OfAccount(t, "auth_devices", c => new { c.account_id, c.hash }, c => c.account_id));
    }

    private static void CreateCodes(MigrationBuilder m)
    {
        m.CreateTable(
            "auth_codes",
            t => new
            {
                account_id = t.Column<Guid>(m.Id()),
                purpose = t.Column<int>(m.Integer32()),
                hash = t.Column<byte[]>(m.Bytes()),
                address = t.Column<string>(m.Text(Account.EmailMax)),
                expires_at = t.Column<long>(m.Number()),
                attempts = t.Column<int>(m.Integer32()),
            },
            constraints: t => OfAccount(t, "auth_codes", c => new { c.account_id, c.purpose }, c => c.account_id));
        m.CreateTable(
            "auth_resets",
            t => new
            {
                hash = t.Column<byte[]>(m.Bytes()),
                account_id = t.Column<Guid>(m.Id()),
                expires_at = t.Column<long>(m.Number()),
            },
            constraints: t => OfAccount(t, "auth_resets", c => c.hash, c => c.account_id));
        m.CreateIndex("IX_auth_resets_account_id", "auth_resets", "account_id");
        m.CreateTable(
            "auth_asked",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                asked_for = t.Column<int>(m.Integer32()),
                address = t.Column<string>(m.Text(Account.EmailMax)),
                language = t.Column<string>(m.Text(Account.LanguageMax)),
                created_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_auth_asked", c => c.id));
    }

    private static void CreatePasskeys(MigrationBuilder m)
    {
        m.CreateTable(
            "auth_passkeys",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                account_id = t.Column<Guid>(m.Id()),
                credential_id = t.Column<byte[]>(m.Bytes()),
                public_key = t.Column<byte[]>(m.Bytes()),
                sign_count = t.Column<long>(m.Number()),
                transports = t.Column<string>(m.Text(PasskeyRow.TransportsMax)),
                is_backup_eligible = t.Column<bool>(m.Flag()),
                is_backed_up = t.Column<bool>(m.Flag()),
                name = t.Column<string>(m.Text(PasskeyRow.NameMax)),
                created_at = t.Column<long>(m.Number()),
                last_used_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => OfAccount(t, "auth_passkeys", c => c.id, c => c.account_id));
        m.CreateIndex("IX_auth_passkeys_credential_id", "auth_passkeys", "credential_id", unique: true);
        m.CreateIndex("IX_auth_passkeys_account_id", "auth_passkeys", "account_id");
    }

    private static void CreateTokens(MigrationBuilder m)
    {
        m.CreateTable(
            "auth_tokens",
            t => new
            {
                session_id = t.Column<Guid>(m.Id()),
                hash = t.Column<byte[]>(m.Bytes()),
                name = t.Column<string>(m.Text(TokenRow.NameMax)),
                never_expires = t.Column<bool>(m.Flag()),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_auth_tokens", c => c.session_id);
                t.ForeignKey("FK_auth_tokens_auth_sessions_session_id", c => c.session_id, "auth_sessions", "id", onDelete: ReferentialAction.Cascade);
            });
        m.CreateIndex("IX_auth_tokens_hash", "auth_tokens", "hash", unique: true);
    }

    private static void CreateInvitations(MigrationBuilder m)
    {
        m.CreateTable(
            "auth_invitations",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                hash = t.Column<byte[]>(m.Bytes()),
                email = t.Column<string>(m.Text(Account.EmailMax)),
                email_key = t.Column<string>(m.Text(Account.EmailMax)),
                invited_by = t.Column<Guid>(m.Id()),
                role = t.Column<int>(m.Integer32()),
                message = t.Column<string>(m.Text(InvitationRow.MessageMax)),
                created_at = t.Column<long>(m.Number()),
                expires_at = t.Column<long>(m.Number()),
                accepted_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => OfAccount(t, "auth_invitations", c => c.id, c => c.invited_by));
        m.CreateIndex("IX_auth_invitations_hash", "auth_invitations", "hash", unique: true);
        m.CreateIndex("IX_auth_invitations_email_key", "auth_invitations", "email_key");
        m.CreateIndex("IX_auth_invitations_invited_by", "auth_invitations", "invited_by");
        m.CreateTable(
            "auth_exports",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                account_id = t.Column<Guid>(m.Id()),
                state = t.Column<int>(m.Integer32()),
                created_at = t.Column<long>(m.Number()),
                ready_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => OfAccount(t, "auth_exports", c => c.id, c => c.account_id));
        m.CreateIndex("IX_auth_exports_account_id", "auth_exports", "account_id");
    }

    /// <summary>A row that goes with its account.</summary>
    private static void OfAccount<T>(
        CreateTableBuilder<T> table, string name, System.Linq.Expressions.Expression<Func<T, object>> key, System.Linq.Expressions.Expression<Func<T, object>> account)
    {
        table.PrimaryKey("PK_" + name, key);
        table.ForeignKey($"FK_{name}_auth_accounts", account, "auth_accounts", "id", onDelete: ReferentialAction.Cascade);
    }
}
