using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Rooms.Storage;

/// <summary>Pictures of rooms, and of what in a room its members want to hear.</summary>
[DbContext(typeof(RoomsDb))]
[Migration("20261205100000_Pictures")]
internal sealed class Pictures : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.AddColumn<int>("notify", "rooms_members", m.Integer32(), nullable: true);
        m.AddColumn<string>("avatar_version", "rooms_rooms", m.Text(Room.MaxAvatarVersion), maxLength: Room.MaxAvatarVersion, nullable: true);
        m.CreateTable(
            "rooms_avatars",
            table => new
            {
                room_id = table.Column<Guid>(m.Id(), nullable: false),
                version = table.Column<string>(m.Text(Room.MaxAvatarVersion), maxLength: Room.MaxAvatarVersion, nullable: false),
                content_type = table.Column<string>(m.Text(32), maxLength: 32, nullable: false),
                bytes = table.Column<byte[]>(m.Bytes(), nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_rooms_avatars", x => x.room_id);
                table.ForeignKey("rooms_avatars_room", x => x.room_id, "rooms_rooms", "id", onDelete: ReferentialAction.Cascade);
            });
    }
}
