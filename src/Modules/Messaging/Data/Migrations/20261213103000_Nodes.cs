using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

/// <summary>What several nodes tell each other of their commits, on PostgreSQL alone.</summary>
[DbContext(typeof(MessagingDb))]
[Migration("20261213103000_Nodes")]
internal sealed class Nodes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        if (m.IsPostgreSql())
        {
            m.CreateTable(
                "msg_batches",
                t => new { node = t.Column<Guid>(m.Id()), n = t.Column<long>(m.Number()), at = t.Column<long>(m.Number()), note = t.Column<byte[]>(m.Bytes()) },
                constraints: t => t.PrimaryKey("PK_msg_batches", c => new { c.node, c.n }));
            m.CreateTable(
                "msg_writers",
                t => new { node = t.Column<Guid>(m.Id()), n = t.Column<long>(m.Number()), at = t.Column<long>(m.Number()) },
                constraints: t => t.PrimaryKey("PK_msg_writers", c => c.node));

            // A database that has crashed empties them; all nodes have lost their connections then, and begin from the logs.
            m.Sql("ALTER TABLE msg_batches SET UNLOGGED; ALTER TABLE msg_writers SET UNLOGGED");
        }
    }
}
