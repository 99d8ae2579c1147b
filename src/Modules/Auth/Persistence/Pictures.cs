using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Pictures;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Auth.Persistence;

[DbContext(typeof(AuthDb))]
[Migration("20261205100000_Pictures")]
internal sealed class Pictures : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.AddColumn<string>("avatar_version", "auth_accounts", m.Text(Picture.VersionLength), maxLength: Picture.VersionLength, nullable: true);
        m.CreateTable(
            name: "auth_avatars",
            columns: table => new
            {
                account_id = table.Column<Guid>(m.Id(), nullable: false),
                version = table.Column<string>(m.Text(Picture.VersionLength), maxLength: Picture.VersionLength, nullable: false),
                content_type = table.Column<string>(m.Text(32), maxLength: 32, nullable: false),
                bytes = table.Column<byte[]>(m.Bytes(), nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_auth_avatars", x => x.account_id);
                table.ForeignKey("FK_auth_avatars_auth_accounts_account_id", x => x.account_id, "auth_accounts", "id", onDelete: ReferentialAction.Cascade);
            });
    }
}
