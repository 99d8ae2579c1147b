using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Hooks.Data;

[DbContext(typeof(HooksDb))]
[Migration("20261212120000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "hooks_outgoing",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                room_id = t.Column<Guid>(m.Id()),
                created_by = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(HookRow.MaxName)),
                url = t.Column<string>(m.Text(HookRow.MaxUrl)),
                @sealed = t.Column<byte[]>(m.Bytes()),
                created_at = t.Column<long>(m.Number()),
                last_seq = t.Column<long>(m.Number()),
                failures = t.Column<int>(m.Integer32()),
                next_at = t.Column<long>(m.Number()),
                disabled_at = t.Column<long>(m.Number(), nullable: true),
                problem = t.Column<string>(m.Text(HookRow.MaxProblem), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_hooks_outgoing", c => c.id));
        m.CreateIndex("hooks_outgoing_room", "hooks_outgoing", "room_id");
        m.CreateTable(
            "hooks_incoming",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                room_id = t.Column<Guid>(m.Id()),
                created_by = t.Column<Guid>(m.Id()),
                bot_id = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(HookRow.MaxName)),
                hash = t.Column<byte[]>(m.Bytes()),
                created_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_hooks_incoming", c => c.id));
        m.CreateIndex("hooks_incoming_room", "hooks_incoming", "room_id");
    }
}
