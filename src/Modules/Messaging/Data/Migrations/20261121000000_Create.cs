using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

[DbContext(typeof(MessagingDb))]
[Migration("20261121000000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "msg_heads",
            t => new { room_id = t.Column<Guid>(m.Id()), seq = t.Column<long>(m.Number()), digest = t.Column<byte[]>(m.Bytes()) },
            constraints: t => t.PrimaryKey("PK_msg_heads", c => c.room_id));
        m.CreateTable(
            "msg_log",
            t => new
            {
                room_id = t.Column<Guid>(m.Id()),
                seq = t.Column<long>(m.Number()),
                type = t.Column<int>(m.Integer32()),
                at = t.Column<long>(m.Number()),
                by_id = t.Column<Guid>(m.Id()),
                message_id = t.Column<Guid>(m.Id(), nullable: true),
                user_id = t.Column<Guid>(m.Id(), nullable: true),
                emoji = t.Column<string>(m.Text(MessagingDb.EmojiLength), nullable: true),
                role = t.Column<int>(m.Integer32(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_msg_log", c => new { c.room_id, c.seq }));
        m.CreateTable(
            "msg_messages",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                room_id = t.Column<Guid>(m.Id()),
                seq = t.Column<long>(m.Number()),
                sender_id = t.Column<Guid>(m.Id()),
                client_id = t.Column<string>(m.Text(64)),
                request_mac = t.Column<byte[]>(m.Bytes()),
                type = t.Column<int>(m.Integer32()),
                text = t.Column<string>(m.Text(8000), nullable: true),
                html = t.Column<string>(m.Text(), nullable: true),
                reply_to_id = t.Column<Guid>(m.Id(), nullable: true),
                thread_id = t.Column<Guid>(m.Id(), nullable: true),
                created_at = t.Column<long>(m.Number()),
                edited_at = t.Column<long>(m.Number(), nullable: true),
                deleted_at = t.Column<long>(m.Number(), nullable: true),
                pinned_at = t.Column<long>(m.Number(), nullable: true),
                pinned_by = t.Column<Guid>(m.Id(), nullable: true),
                reply_count = t.Column<int>(m.Integer32()),
                last_reply_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_msg_messages", c => c.id));
        m.CreateIndex("msg_messages_once", "msg_messages", ["room_id", "sender_id", "client_id"], unique: true);
        m.CreateIndex("msg_messages_history", "msg_messages", ["room_id", "seq", "sender_id", "deleted_at"], filter: "thread_id IS NULL");
        m.CreateIndex("msg_messages_thread", "msg_messages", ["thread_id", "seq"], filter: "thread_id IS NOT NULL");
        m.CreateIndex("msg_messages_pins", "msg_messages", ["room_id", "pinned_at"], filter: "pinned_at IS NOT NULL");
        CreateDetails(m);
        CreatePersonal(m);
    }

    private static void CreateDetails(MigrationBuilder m)
    {
        m.CreateTable(
            "msg_revisions",
            t => new { message_id = t.Column<Guid>(m.Id()), number = t.Column<int>(m.Integer32()), text = t.Column<string>(m.Text(8000)), at = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_revisions", c => new { c.message_id, c.number }));
        m.CreateTable(
            "msg_reactions",
            t => new
            {
                message_id = t.Column<Guid>(m.Id()),
                emoji = t.Column<string>(m.Text(MessagingDb.EmojiLength)),
                user_id = t.Column<Guid>(m.Id()),
                at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_msg_reactions", c => new { c.message_id, c.emoji, c.user_id }));
        m.CreateTable(
            "msg_meta",
            t => new { key = t.Column<string>(m.Text(32)), value = t.Column<string>(m.Text(200)) },
            constraints: t => t.PrimaryKey("PK_msg_meta", c => c.key));
    }

    private static void CreatePersonal(MigrationBuilder m)
    {
        m.CreateTable(
            "msg_reads",
            t => new { room_id = t.Column<Guid>(m.Id()), user_id = t.Column<Guid>(m.Id()), seq = t.Column<long>(m.Number()), at = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_reads", c => new { c.room_id, c.user_id }));
        m.CreateIndex("msg_reads_user", "msg_reads", "user_id");
        m.CreateTable(
            "msg_user_heads",
            t => new { user_id = t.Column<Guid>(m.Id()), seq = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_user_heads", c => c.user_id));
        m.CreateTable(
            "msg_user_log",
            t => new
            {
                user_id = t.Column<Guid>(m.Id()),
                user_seq = t.Column<long>(m.Number()),
                at = t.Column<long>(m.Number()),
                type = t.Column<string>(m.Text(32)),
                payload = t.Column<string>(m.Text()),
            },
            constraints: t => t.PrimaryKey("PK_msg_user_log", c => new { c.user_id, c.user_seq }));
    }
}
