using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Auth.Persistence;

[DbContext(typeof(AuthDb))]
[Migration("20261220100000_Once")]
internal sealed class Once : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "auth_once",
            t => new { key = t.Column<byte[]>(m.Bytes()), value = t.Column<string>(m.Text(OnceRow.MaxValue)), expires_at = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_auth_once", c => c.key));
        m.CreateIndex("auth_once_expiry", "auth_once", ["expires_at"]);
    }
}
