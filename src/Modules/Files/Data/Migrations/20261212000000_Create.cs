using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Files.Data.Migrations;

[DbContext(typeof(FilesDb))]
[Migration("20261212000000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var m = migrationBuilder;
        m.CreateTable(
            "files_files",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                owner_id = t.Column<Guid>(m.Id()),
                blob_id = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(FileRow.MaxName)),
                name_key = t.Column<string>(m.Text(FileRow.MaxName)),
                size = t.Column<long>(m.Number()),
                content_type = t.Column<string>(m.Text(FileRow.MaxType)),
                sha256 = t.Column<byte[]>(m.Bytes()),
                width = t.Column<int>(m.Integer32(), nullable: true),
                height = t.Column<int>(m.Integer32(), nullable: true),
                room_id = t.Column<Guid>(m.Id(), nullable: true),
                recipient_id = t.Column<Guid>(m.Id(), nullable: true),
                message_id = t.Column<Guid>(m.Id(), nullable: true),
                position = t.Column<int>(m.Integer32()),
                came_with_message = t.Column<bool>(m.Flag()),
                version = t.Column<int>(m.Integer32()),
                encrypted = t.Column<bool>(m.Flag()),
                expires_at = t.Column<long>(m.Number(), nullable: true),
                thumbnail_id = t.Column<Guid>(m.Id(), nullable: true),
                thumbnail_type = t.Column<string>(m.Text(FileRow.MaxType), nullable: true),
                download_count = t.Column<long>(m.Number()),
                created_at = t.Column<long>(m.Number()),
                version_at = t.Column<long>(m.Number()),
                missing_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_files_files", c => c.id));
        m.CreateIndex("files_files_owner", "files_files", ["owner_id", "id", "size"]);
        m.CreateIndex("files_files_room", "files_files", ["room_id", "id"], filter: "room_id IS NOT NULL");
        m.CreateIndex("files_files_recipient", "files_files", ["recipient_id", "id"], filter: "recipient_id IS NOT NULL");
        m.CreateIndex("files_files_message", "files_files", "message_id", filter: "message_id IS NOT NULL");
        m.CreateIndex("files_files_blob", "files_files", "blob_id");
        m.CreateIndex("files_files_thumbnail", "files_files", "thumbnail_id", filter: "thumbnail_id IS NOT NULL");
        m.CreateIndex("files_files_expiry", "files_files", "expires_at", filter: "expires_at IS NOT NULL");
        m.CreateTable(
            "files_versions",
            t => new
            {
                file_id = t.Column<Guid>(m.Id()),
                number = t.Column<int>(m.Integer32()),
                owner_id = t.Column<Guid>(m.Id()),
                blob_id = t.Column<Guid>(m.Id()),
                name = t.Column<string>(m.Text(FileRow.MaxName)),
                size = t.Column<long>(m.Number()),
                content_type = t.Column<string>(m.Text(FileRow.MaxType)),
                sha256 = t.Column<byte[]>(m.Bytes()),
                width = t.Column<int>(m.Integer32(), nullable: true),
                height = t.Column<int>(m.Integer32(), nullable: true),
                encrypted = t.Column<bool>(m.Flag()),
                created_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_files_versions", c => new { c.file_id, c.number }));
        m.CreateIndex("files_versions_owner", "files_versions", ["owner_id", "size"]);
        m.CreateIndex("files_versions_blob", "files_versions", "blob_id");
        m.CreateTable(
            "files_hidden",
            t => new
            {
                user_id = t.Column<Guid>(m.Id()),
                file_id = t.Column<Guid>(m.Id()),
            },
            constraints: t => t.PrimaryKey("PK_files_hidden", c => new { c.user_id, c.file_id }));
        m.CreateIndex("files_hidden_file", "files_hidden", "file_id");
        m.CreateTable(
            "files_uploads",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                owner_id = t.Column<Guid>(m.Id()),
                blob_id = t.Column<Guid>(m.Id()),
                length = t.Column<long>(m.Number()),
                received = t.Column<long>(m.Number()),
                state = t.Column<string>(m.Text(UploadRow.MaxState)),
                name = t.Column<string>(m.Text(FileRow.MaxName)),
                metadata = t.Column<string>(m.Text(UploadRow.MaxMetadata)),
                room_id = t.Column<Guid>(m.Id(), nullable: true),
                recipient_id = t.Column<Guid>(m.Id(), nullable: true),
                client_id = t.Column<string>(m.Text(UploadRow.MaxClientId), nullable: true),
                created_at = t.Column<long>(m.Number()),
                expires_at = t.Column<long>(m.Number()),
                file_id = t.Column<Guid>(m.Id(), nullable: true),
                message_id = t.Column<Guid>(m.Id(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_files_uploads", c => c.id));
        m.CreateIndex("files_uploads_owner", "files_uploads", "owner_id");
        m.CreateIndex("files_uploads_expiry", "files_uploads", "expires_at");
        m.CreateIndex("files_uploads_blob", "files_uploads", "blob_id");
        m.CreateTable(
            "files_unneeded",
            t => new
            {
                blob_id = t.Column<Guid>(m.Id()),
                since = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_files_unneeded", c => c.blob_id));
        m.CreateTable(
            "files_downloads",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                file_id = t.Column<Guid>(m.Id()),
                user_id = t.Column<Guid>(m.Id(), nullable: true),
                transfer_id = t.Column<Guid>(m.Id(), nullable: true),
                address = t.Column<string>(m.Text(DownloadRow.MaxAddress)),
                at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_files_downloads", c => c.id));
        m.CreateIndex("files_downloads_file", "files_downloads", ["file_id", "id"]);
        m.CreateTable(
            "files_transfers",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                sender_id = t.Column<Guid>(m.Id()),
                message = t.Column<string>(m.Text(TransferRow.MaxMessage)),
                encrypted = t.Column<bool>(m.Flag()),
                max_downloads = t.Column<int>(m.Integer32(), nullable: true),
                download_count = t.Column<int>(m.Integer32()),
                secret_hash = t.Column<byte[]>(m.Bytes(), nullable: true),
                password_hash = t.Column<byte[]>(m.Bytes(), nullable: true),
                link_auth_hash = t.Column<byte[]>(m.Bytes(), nullable: true),
                link_kdf = t.Column<string>(m.Text(TransferRow.MaxKdf), nullable: true),
                created_at = t.Column<long>(m.Number()),
                expires_at = t.Column<long>(m.Number()),
                revoked_at = t.Column<long>(m.Number(), nullable: true),
                ended_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_files_transfers", c => c.id));
        m.CreateIndex("files_transfers_sender", "files_transfers", ["sender_id", "id"]);
        m.CreateIndex("files_transfers_open", "files_transfers", "expires_at", filter: "ended_at IS NULL");
        m.CreateTable(
            "files_transfer_files",
            t => new
            {
                transfer_id = t.Column<Guid>(m.Id()),
                file_id = t.Column<Guid>(m.Id()),
                position = t.Column<int>(m.Integer32()),
                blob_id = t.Column<Guid>(m.Id(), nullable: true),
                name = t.Column<string>(m.Text(FileRow.MaxName)),
                size = t.Column<long>(m.Number()),
                content_type = t.Column<string>(m.Text(FileRow.MaxType)),
                sha256 = t.Column<byte[]>(m.Bytes()),
                width = t.Column<int>(m.Integer32(), nullable: true),
                height = t.Column<int>(m.Integer32(), nullable: true),
                version = t.Column<int>(m.Integer32()),
                encrypted = t.Column<bool>(m.Flag()),
                created_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_files_transfer_files", c => new { c.transfer_id, c.file_id }));
        m.CreateIndex("files_transfer_files_blob", "files_transfer_files", "blob_id", filter: "blob_id IS NOT NULL");
        m.CreateTable(
            "files_recipients",
            t => new
            {
                transfer_id = t.Column<Guid>(m.Id()),
                number = t.Column<int>(m.Integer32()),
                user_id = t.Column<Guid>(m.Id(), nullable: true),
                email = t.Column<string>(m.Text(RecipientRow.MaxEmail), nullable: true),
                downloaded_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_files_recipients", c => new { c.transfer_id, c.number }));
        m.CreateIndex("files_recipients_user", "files_recipients", ["user_id", "transfer_id"], filter: "user_id IS NOT NULL");
        m.CreateTable(
            "files_tokens",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                transfer_id = t.Column<Guid>(m.Id()),
                hash = t.Column<byte[]>(m.Bytes()),
                user_id = t.Column<Guid>(m.Id(), nullable: true),
                issued_at = t.Column<long>(m.Number()),
                expires_at = t.Column<long>(m.Number()),
                taken_at = t.Column<long>(m.Number(), nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_files_tokens", c => c.id));
        m.CreateIndex("files_tokens_transfer", "files_tokens", ["transfer_id", "expires_at"]);
        m.CreateIndex("files_tokens_expiry", "files_tokens", "expires_at");
    }
}
