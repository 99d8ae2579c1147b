using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Auth.Persistence;

[DbContext(typeof(AuthDb))]
[Migration("20261214110000_Inbox")]
internal sealed class Inbox : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "auth_owed_notices",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                account_id = t.Column<Guid>(m.Id()),
                text = t.Column<string>(m.Text(OwedNoticeRow.TextMax)),
                created_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_auth_owed_notices", c => c.id));
        m.CreateIndex("auth_accounts_bots", "auth_accounts", ["is_bot", "id"]);
    }
}
