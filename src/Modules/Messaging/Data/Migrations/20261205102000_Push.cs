using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

[DbContext(typeof(MessagingDb))]
[Migration("20261205102000_Push")]
internal sealed class Push : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "msg_push_subscriptions",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                user_id = t.Column<Guid>(m.Id()),
                session_id = t.Column<Guid>(m.Id()),
                endpoint = t.Column<string>(m.Text(PushSubscriptionRow.MaxEndpoint)),
                endpoint_hash = t.Column<byte[]>(m.Bytes()),
                key = t.Column<byte[]>(m.Bytes()),
                secret = t.Column<byte[]>(m.Bytes()),
                created_at = t.Column<long>(m.Number()),
                refusals = t.Column<int>(m.Integer32()),
            },
            constraints: t => t.PrimaryKey("PK_msg_push_subscriptions", c => c.id));
        m.CreateIndex("msg_push_subscriptions_endpoint", "msg_push_subscriptions", "endpoint_hash", unique: true);
        m.CreateIndex("msg_push_subscriptions_user", "msg_push_subscriptions", "user_id");
        m.CreateIndex("msg_push_subscriptions_session", "msg_push_subscriptions", "session_id");
        m.CreateTable(
            "msg_push_owed",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                subscription_id = t.Column<Guid>(m.Id()),
                user_id = t.Column<Guid>(m.Id()),
                kind = t.Column<int>(m.Integer32()),
                notification_id = t.Column<Guid>(m.Id(), nullable: true),
                room_id = t.Column<Guid>(m.Id(), nullable: true),
                message_id = t.Column<Guid>(m.Id(), nullable: true),
                actor_id = t.Column<Guid>(m.Id(), nullable: true),
                thread_id = t.Column<Guid>(m.Id(), nullable: true),
                seq = t.Column<long>(m.Number()),
                text = t.Column<string>(m.Text(NotificationRow.MaxText)),
                created_at = t.Column<long>(m.Number()),
                next_at = t.Column<long>(m.Number()),
                attempts = t.Column<int>(m.Integer32()),
            },
            constraints: t => t.PrimaryKey("PK_msg_push_owed", c => c.id));
        m.CreateIndex("msg_push_owed_next", "msg_push_owed", "next_at");
        m.CreateIndex("msg_push_owed_message", "msg_push_owed", "message_id", filter: "message_id IS NOT NULL");
        m.CreateIndex("msg_push_owed_subscription", "msg_push_owed", "subscription_id");
    }
}
