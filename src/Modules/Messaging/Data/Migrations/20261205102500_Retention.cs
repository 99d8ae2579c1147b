using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

[DbContext(typeof(MessagingDb))]
[Migration("20261205102500_Retention")]
internal sealed class Retention : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "msg_trims",
            t => new { room_id = t.Column<Guid>(m.Id()), to_seq = t.Column<long>(m.Number()), digest = t.Column<byte[]>(m.Bytes()), at = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_trims", c => c.room_id));
        m.CreateTable(
            "msg_expiries",
            t => new { room_id = t.Column<Guid>(m.Id()), seq = t.Column<long>(m.Number()), up_to_seq = t.Column<long>(m.Number()) },
            constraints: t => t.PrimaryKey("PK_msg_expiries", c => new { c.room_id, c.seq }));
        m.CreateTable(
            "msg_spent",
            t => new
            {
                room_id = t.Column<Guid>(m.Id()),
                sender_id = t.Column<Guid>(m.Id()),
                client_id = t.Column<string>(m.Text(PostMessage.MaxClientId)),
                message_id = t.Column<Guid>(m.Id()),
                seq = t.Column<long>(m.Number()),
                created_at = t.Column<long>(m.Number()),
                request_mac = t.Column<byte[]>(m.Bytes()),
            },
            constraints: t => t.PrimaryKey("PK_msg_spent", c => new { c.room_id, c.sender_id, c.client_id }));
    }
}
