using ChatMonolith.Admin.Alerts;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Admin.Data;

[DbContext(typeof(AdminDb))]
[Migration("20261220100000_Alerts")]
internal sealed class AlertTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "admin_alerts",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(AlertRow.MaxName), maxLength: AlertRow.MaxName),
                level = t.Column<int>(m.Integer32()),
                facts = t.Column<string>(m.Text(AlertRow.MaxFacts), maxLength: AlertRow.MaxFacts),
                opened_at = t.Column<long>(m.Number()),
                told_at = t.Column<long>(m.Number()),
                ended_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_admin_alerts", c => c.id));

        // Whoever looks at the same time: of each name one is open.
        m.CreateIndex("admin_alerts_open", "admin_alerts", "name", unique: true, filter: "ended_at IS NULL");
        m.CreateIndex("admin_alerts_name", "admin_alerts", ["name", "id"]);
        m.CreateIndex("admin_alerts_ended", "admin_alerts", "ended_at");
        m.CreateTable(
            "admin_alert_posts",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                alert_id = t.Column<Guid>(m.Id()),
                body = t.Column<string>(m.Text(AlertPostRow.MaxBody), maxLength: AlertPostRow.MaxBody),
                attempts = t.Column<int>(m.Integer32()),
                created_at = t.Column<long>(m.Number()),
                next_at = t.Column<long>(m.Number()),
                problem = t.Column<string>(m.Text(AlertPostRow.MaxProblem), maxLength: AlertPostRow.MaxProblem, nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_admin_alert_posts", c => c.id));
        m.CreateIndex("admin_alert_posts_alert", "admin_alert_posts", "alert_id");
    }
}
