using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Hooks.Data;

[DbContext(typeof(HooksDb))]
[Migration("20261214120000_Commands")]
internal sealed class Commands : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "hooks_commands",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                room_id = t.Column<Guid>(m.Id()),
                created_by = t.Column<Guid>(m.Id()),
                bot_id = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(CommandRow.MaxName)),
                url = t.Column<string>(m.Text(HookRow.MaxUrl)),
                hint = t.Column<string>(m.Text(CommandRow.MaxHint)),
                description = t.Column<string>(m.Text(CommandRow.MaxDescription)),
                @sealed = t.Column<byte[]>(m.Bytes()),
                created_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_hooks_commands", c => c.id));
        m.CreateIndex("hooks_commands_name", "hooks_commands", ["room_id", "name"], unique: true);
    }
}
