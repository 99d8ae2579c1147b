using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Auth.Persistence;

[DbContext(typeof(AuthDb))]
[Migration("20261121000000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreateAccounts(migrationBuilder);
        CreateSessions(migrationBuilder);
        CreateRefreshTokens(migrationBuilder);
        migrationBuilder.CreateTable(
            name: "auth_installation",
            columns: table => new
            {
                key = table.Column<int>(type: migrationBuilder.Integer32(), nullable: false),
                installation_id = table.Column<Guid>(type: migrationBuilder.Id(), nullable: false),
                created_at = table.Column<long>(type: migrationBuilder.Number(), nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_auth_installation", x => x.key));
    }

    private static void CreateAccounts(MigrationBuilder migration)
    {
        var ordinal = migration.IsPostgreSql() ? "C" : null;
        migration.CreateTable(
            name: "auth_accounts",
            columns: table => new
            {
                id = table.Column<Guid>(type: migration.Id(), nullable: false),
                username = table.Column<string>(type: migration.Text(32), maxLength: 32, nullable: false, collation: ordinal),
                email = table.Column<string>(type: migration.Text(254), maxLength: 254, nullable: true),
                email_key = table.Column<string>(type: migration.Text(254), maxLength: 254, nullable: true),
                email_verified = table.Column<bool>(type: migration.Flag(), nullable: false),
                password_hash = table.Column<string>(type: migration.Text(256), maxLength: 256, nullable: true),
                security_stamp = table.Column<string>(type: migration.Text(64), maxLength: 64, nullable: false),
                display_name = table.Column<string>(type: migration.Text(80), maxLength: 80, nullable: false),
                display_name_key = table.Column<string>(type: migration.Text(80), maxLength: 80, nullable: false, collation: ordinal),
                bio = table.Column<string>(type: migration.Text(500), maxLength: 500, nullable: false),
                role = table.Column<int>(type: migration.Integer32(), nullable: false),
                is_bot = table.Column<bool>(type: migration.Flag(), nullable: false),
                is_active = table.Column<bool>(type: migration.Flag(), nullable: false),
                created_at = table.Column<long>(type: migration.Number(), nullable: false),
                last_login_at = table.Column<long>(type: migration.Number(), nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_auth_accounts", x => x.id));
        migration.CreateIndex("IX_auth_accounts_username", "auth_accounts", "username", unique: true);
        migration.CreateIndex("IX_auth_accounts_email_key", "auth_accounts", "email_key", unique: true);
        migration.CreateIndex("IX_auth_accounts_display_name_key", "auth_accounts", "display_name_key");
        migration.CreateIndex("IX_auth_accounts_role", "auth_accounts", "role");
    }

    private static void CreateSessions(MigrationBuilder migration)
    {
        migration.CreateTable(
            name: "auth_sessions",
            columns: table => new
            {
                id = table.Column<Guid>(type: migration.Id(), nullable: false),
                account_id = table.Column<Guid>(type: migration.Id(), nullable: false),
                created_at = table.Column<long>(type: migration.Number(), nullable: false),
                last_used_at = table.Column<long>(type: migration.Number(), nullable: false),
                expires_at = table.Column<long>(type: migration.Number(), nullable: false),
                ended_at = table.Column<long>(type: migration.Number(), nullable: true),
                user_agent = table.Column<string>(type: migration.Text(256), maxLength: 256, nullable: false),
                ip = table.Column<string>(type: migration.Text(45), maxLength: 45, nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_auth_sessions", x => x.id);
                table.ForeignKey("FK_auth_sessions_auth_accounts_account_id", x => x.account_id, "auth_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
        migration.CreateIndex("IX_auth_sessions_account_id", "auth_sessions", "account_id");
    }

    private static void CreateRefreshTokens(MigrationBuilder migration)
    {
        migration.CreateTable(
            name: "auth_refresh_tokens",
            columns: table => new
            {
                hash = table.Column<byte[]>(type: migration.Bytes(), nullable: false),
                session_id = table.Column<Guid>(type: migration.Id(), nullable: false),
                issued_at = table.Column<long>(type: migration.Number(), nullable: false),
                used_at = table.Column<long>(type: migration.Number(), nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_auth_refresh_tokens", x => x.hash);
                table.ForeignKey("FK_auth_refresh_tokens_auth_sessions_session_id", x => x.session_id, "auth_sessions", "id", onDelete: ReferentialAction.Cascade);
            });
        migration.CreateIndex("IX_auth_refresh_tokens_session_id", "auth_refresh_tokens", "session_id");
    }
}
