using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Messaging.Data.Migrations;

/// <summary>The threads of all rooms, by when they were last answered.</summary>
[DbContext(typeof(MessagingDb))]
[Migration("20261205103000_Threads")]
internal sealed class Threads : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("msg_messages_threads", "msg_messages", ["last_reply_at", "id", "room_id"], filter: "last_reply_at IS NOT NULL");
}
