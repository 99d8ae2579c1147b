using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

[DbContext(typeof(MessagingDb))]
[Migration("20261205101500_Notifications")]
internal sealed class Notifications : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "msg_mentions",
            t => new
            {
                message_id = t.Column<Guid>(m.Id()),
                user_id = t.Column<Guid>(m.Id()),
                room_id = t.Column<Guid>(m.Id()),
                seq = t.Column<long>(m.Number()),
                sender_id = t.Column<Guid>(m.Id()),
                counts = t.Column<bool>(m.Flag()),
            },
            constraints: t => t.PrimaryKey("PK_msg_mentions", c => new { c.message_id, c.user_id }));
        m.CreateIndex("msg_mentions_unread", "msg_mentions", ["user_id", "room_id", "seq", "message_id", "sender_id"], filter: "counts");
        m.CreateTable(
            "msg_notifications",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                user_id = t.Column<Guid>(m.Id()),
                kind = t.Column<int>(m.Integer32()),
                room_id = t.Column<Guid>(m.Id(), nullable: true),
                message_id = t.Column<Guid>(m.Id(), nullable: true),
                transfer_id = t.Column<Guid>(m.Id(), nullable: true),
                actor_id = t.Column<Guid>(m.Id(), nullable: true),
                seq = t.Column<long>(m.Number()),
                thread_id = t.Column<Guid>(m.Id(), nullable: true),
                text = t.Column<string>(m.Text(NotificationRow.MaxText)),
                created_at = t.Column<long>(m.Number()),
                read_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_msg_notifications", c => c.id));
        m.CreateIndex("msg_notifications_user", "msg_notifications", ["user_id", "id"]);
        m.CreateIndex("msg_notifications_unread", "msg_notifications", ["user_id", "room_id", "seq"], filter: "read_at IS NULL");
        m.CreateIndex("msg_notifications_message", "msg_notifications", "message_id", filter: "message_id IS NOT NULL");
        m.CreateTable(
            "msg_preferences",
            t => new
            {
                user_id = t.Column<Guid>(m.Id()),
                in_app = t.Column<int>(m.Integer32()),
                push = t.Column<int>(m.Integer32()),
                mail = t.Column<int>(m.Integer32()),
                do_not_disturb = t.Column<bool>(m.Flag()),
                quiet_from = t.Column<int>(m.Integer32()),
                quiet_to = t.Column<int>(m.Integer32()),
                zone = t.Column<string>(m.Text(PreferenceRow.MaxZone)),
            },
            constraints: t => t.PrimaryKey("PK_msg_preferences", c => c.user_id));
    }
}
