using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Nodes.Data;

[DbContext(typeof(NodesDb))]
[Migration("20261213100000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "nodes_leases",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(LeaseRow.MaxName)),
                version = t.Column<string>(m.Text(LeaseRow.MaxVersion)),
                backend = t.Column<string>(m.Text(LeaseRow.MaxBackend)),
                started_at = t.Column<long>(m.Number()),
                lease_until = t.Column<long>(m.Number()),
                fenced_at = t.Column<long>(m.Number(), nullable: true),
                reaped = t.Column<bool>(m.Flag()),
                draining = t.Column<bool>(m.Flag()),
                told = t.Column<long>(m.Number()),
                sockets = t.Column<int>(m.Integer32()),
                topics = t.Column<int>(m.Integer32()),
                lag_ms = t.Column<long>(m.Number()),
                problem = t.Column<string>(m.Text(LeaseRow.MaxProblem), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_nodes_leases", c => c.id));
        m.CreateTable(
            "nodes_secrets",
            t => new { name = t.Column<string>(m.Text(SecretRow.MaxName)), @sealed = t.Column<byte[]>(m.Bytes()) },
            constraints: t => t.PrimaryKey("PK_nodes_secrets", c => c.name));
        m.CreateTable(
            "nodes_letters",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                body = t.Column<string>(m.Text(LetterRow.MaxBody)),
                at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_nodes_letters", c => c.id));
        if (m.IsPostgreSql())
        {
            // Read within a second or never.
            m.Sql("ALTER TABLE nodes_letters SET UNLOGGED");
        }
    }
}
