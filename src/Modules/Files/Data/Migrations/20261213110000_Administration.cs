using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Files.Data.Migrations;

/// <summary>The orders in which admins list files.</summary>
[DbContext(typeof(FilesDb))]
[Migration("20261213110000_Administration")]
internal sealed class Administration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateIndex("files_files_size", "files_files", ["size", "id"]);
        migrationBuilder.CreateIndex("files_files_name", "files_files", ["name_key", "id"]);
    }
}
