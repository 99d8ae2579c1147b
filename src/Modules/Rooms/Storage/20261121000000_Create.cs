using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Rooms.Storage;

[DbContext(typeof(RoomsDb))]
[Migration("20261121000000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "rooms_rooms",
            table => new
            {
                id = table.Column<Guid>(m.Id(), nullable: false),
                type = table.Column<int>(m.Integer32(), nullable: false),
                name = table.Column<string>(m.Text(RoomText.MaxName), maxLength: RoomText.MaxName, nullable: true),
                name_key = table.Column<string>(m.Text(RoomText.MaxName), maxLength: RoomText.MaxName, nullable: true),
                topic = table.Column<string>(m.Text(RoomText.MaxTopic), maxLength: RoomText.MaxTopic, nullable: false),
                created_by = table.Column<Guid>(m.Id(), nullable: false),
                created_at = table.Column<long>(m.Number(), nullable: false),
                member_count = table.Column<int>(m.Integer32(), nullable: false),
                slow_mode_seconds = table.Column<int>(m.Integer32(), nullable: false),
                retention_days = table.Column<int>(m.Integer32(), nullable: false),
                pair_key = table.Column<byte[]>(m.Bytes(), maxLength: PairKey.Length, nullable: true),
                handle = table.Column<string>(m.Text(Room.MaxHandle), maxLength: Room.MaxHandle, nullable: true),
                deleted_at = table.Column<long>(m.Number(), nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_rooms_rooms", r => r.id));
        m.CreateIndex("rooms_rooms_pair", "rooms_rooms", "pair_key", unique: true);
        m.CreateIndex("rooms_rooms_handle", "rooms_rooms", "handle", unique: true);
        m.CreateIndex("rooms_rooms_directory", "rooms_rooms", ["type", "name_key", "id"]);
        m.CreateIndex("rooms_rooms_deleted", "rooms_rooms", "deleted_at");

        m.CreateTable(
            "rooms_members",
            table => new
            {
                room_id = table.Column<Guid>(m.Id(), nullable: false),
                user_id = table.Column<Guid>(m.Id(), nullable: false),
                role = table.Column<int>(m.Integer32(), nullable: false),
                joined_at = table.Column<long>(m.Number(), nullable: false),
                muted = table.Column<bool>(m.Flag(), nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_rooms_members", x => new { x.room_id, x.user_id });
                table.ForeignKey("rooms_members_room", x => x.room_id, "rooms_rooms", "id", onDelete: ReferentialAction.Restrict);
            });
        m.CreateIndex("rooms_members_user", "rooms_members", ["user_id", "room_id"]);
        m.CreateIndex("rooms_members_joined", "rooms_members", ["room_id", "joined_at", "user_id"]);
        m.CreateIndex("rooms_members_role", "rooms_members", ["room_id", "role"]);

        m.CreateTable(
            "rooms_invites",
            table => new
            {
                id = table.Column<Guid>(m.Id(), nullable: false),
                room_id = table.Column<Guid>(m.Id(), nullable: false),
                code_hash = table.Column<byte[]>(m.Bytes(), maxLength: RoomInvite.HashBytes, nullable: false),
                created_by = table.Column<Guid>(m.Id(), nullable: false),
                created_at = table.Column<long>(m.Number(), nullable: false),
                expires_at = table.Column<long>(m.Number(), nullable: true),
                max_uses = table.Column<int>(m.Integer32(), nullable: true),
                uses = table.Column<int>(m.Integer32(), nullable: false),
                used_up_at = table.Column<long>(m.Number(), nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_rooms_invites", x => x.id);
                table.ForeignKey("rooms_invites_room", x => x.room_id, "rooms_rooms", "id", onDelete: ReferentialAction.Restrict);
            });
        m.CreateIndex("rooms_invites_code", "rooms_invites", "code_hash", unique: true);
        m.CreateIndex("rooms_invites_room_id", "rooms_invites", ["room_id", "id"]);
        m.CreateIndex("rooms_invites_expires", "rooms_invites", "expires_at");
        m.CreateIndex("rooms_invites_used_up", "rooms_invites", "used_up_at");

        m.CreateTable(
            "rooms_presence",
            table => new
            {
                user_id = table.Column<Guid>(m.Id(), nullable: false),
                chosen = table.Column<int>(m.Integer32(), nullable: false),
                last_seen_at = table.Column<long>(m.Number(), nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_rooms_presence", x => x.user_id));
    }
}
