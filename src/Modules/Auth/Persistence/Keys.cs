using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Auth.Persistence;

[DbContext(typeof(AuthDb))]
[Migration("20261212100000_Keys")]
internal sealed class Keys : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.AddColumn<string>("key_fingerprint", "auth_accounts", m.Text(PersonKey.FingerprintLength), maxLength: PersonKey.FingerprintLength, nullable: true);
        m.CreateTable(
            name: "auth_keys",
            columns: table => new
            {
                account_id = table.Column<Guid>(m.Id(), nullable: false),
                fingerprint = table.Column<string>(m.Text(PersonKey.FingerprintLength), maxLength: PersonKey.FingerprintLength, nullable: false),
                public_key = table.Column<byte[]>(m.Bytes(), nullable: false),
                wrapped_key = table.Column<byte[]>(m.Bytes(), nullable: false),
                recovery_key = table.Column<byte[]>(m.Bytes(), nullable: false),
                created_at = table.Column<long>(m.Number(), nullable: false),
                retired_at = table.Column<long>(m.Number(), nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_auth_keys", x => new { x.account_id, x.fingerprint });
                table.ForeignKey("FK_auth_keys_auth_accounts_account_id", x => x.account_id, "auth_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
    }
}
