using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

/// <summary>The table in which new messages wait for the indexed ones, on SQLite alone.</summary>
[DbContext(typeof(MessagingDb))]
[Migration("20261121120000_Tail")]
internal sealed class Tail : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        if (!m.IsPostgreSql())
        {
            m.CreateTable(
                "msg_tail",
                t => new { n = t.Column<long>(m.Number()), messages = t.Column<byte[]>(m.Bytes()) },
                constraints: t => t.PrimaryKey("PK_msg_tail", c => c.n));
        }
    }
}
