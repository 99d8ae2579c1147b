using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Mail.Data;

[DbContext(typeof(MailDb))]
[Migration("20261212100000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "mail_outbox",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                kind = t.Column<int>(m.Integer32()),
                address = t.Column<string>(m.Text(OutboxRow.MaxAddress)),
                language = t.Column<string>(m.Text(OutboxRow.MaxLanguage)),
                @sealed = t.Column<byte[]>(m.Bytes(), nullable: true),
                created_at = t.Column<long>(m.Number()),
                next_at = t.Column<long>(m.Number()),
                expires_at = t.Column<long>(m.Number()),
                attempts = t.Column<int>(m.Integer32()),
                dead_at = t.Column<long>(m.Number(), nullable: true),
                problem = t.Column<string>(m.Text(OutboxRow.MaxProblem), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_mail_outbox", c => c.id));
        m.CreateIndex("mail_outbox_due", "mail_outbox", ["dead_at", "next_at"]);
    }
}
