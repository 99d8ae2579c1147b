using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Data;

internal static class TransferTables
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<TransferRow>(b =>
        {
            b.ToTable("files_transfers").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.SenderId).HasColumnName("sender_id");
            b.Property(r => r.Message).HasColumnName("message").HasMaxLength(TransferRow.MaxMessage);
            b.Property(r => r.Encrypted).HasColumnName("encrypted");
            b.Property(r => r.MaxDownloads).HasColumnName("max_downloads");
            b.Property(r => r.DownloadCount).HasColumnName("download_count");
            b.Property(r => r.SecretHash).HasColumnName("secret_hash");
            b.Property(r => r.PasswordHash).HasColumnName("password_hash");
            b.Property(r => r.LinkAuthHash).HasColumnName("link_auth_hash");
            b.Property(r => r.LinkKdf).HasColumnName("link_kdf").HasMaxLength(TransferRow.MaxKdf);
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.ExpiresAt).HasColumnName("expires_at");
            b.Property(r => r.RevokedAt).HasColumnName("revoked_at");
            b.Property(r => r.EndedAt).HasColumnName("ended_at");
            b.HasIndex(r => new { r.SenderId, r.Id }).HasDatabaseName("files_transfers_sender");
            b.HasIndex(r => r.ExpiresAt).HasFilter("ended_at IS NULL").HasDatabaseName("files_transfers_open");
        });
        model.Entity<TransferFileRow>(b =>
        {
            b.ToTable("files_transfer_files").HasKey(r => new { r.TransferId, r.FileId });
            b.Property(r => r.TransferId).HasColumnName("transfer_id");
            b.Property(r => r.FileId).HasColumnName("file_id");
            b.Property(r => r.Position).HasColumnName("position");
            b.Property(r => r.BlobId).HasColumnName("blob_id");
            b.Property(r => r.Name).HasColumnName("name").HasMaxLength(FileRow.MaxName);
            b.Property(r => r.Size).HasColumnName("size");
            b.Property(r => r.ContentType).HasColumnName("content_type").HasMaxLength(FileRow.MaxType);
            b.Property(r => r.Sha256).HasColumnName("sha256");
            b.Property(r => r.Width).HasColumnName("width");
            b.Property(r => r.Height).HasColumnName("height");
            b.Property(r => r.Version).HasColumnName("version");
            b.Property(r => r.Encrypted).HasColumnName("encrypted");
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.HasIndex(r => r.BlobId).HasFilter("blob_id IS NOT NULL").HasDatabaseName("files_transfer_files_blob");
        });
        model.Entity<RecipientRow>(b =>
        {
            b.ToTable("files_recipients").HasKey(r => new { r.TransferId, r.Number });
            b.Property(r => r.TransferId).HasColumnName("transfer_id");
            b.Property(r => r.Number).HasColumnName("number").ValueGeneratedNever();
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.Email).HasColumnName("email").HasMaxLength(RecipientRow.MaxEmail);
            b.Property(r => r.DownloadedAt).HasColumnName("downloaded_at");
            b.HasIndex(r => new { r.UserId, r.TransferId }).HasFilter("user_id IS NOT NULL").HasDatabaseName("files_recipients_user");
        });
        model.Entity<TokenRow>(b =>
        {
            b.ToTable("files_tokens").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.TransferId).HasColumnName("transfer_id");
            b.Property(r => r.Hash).HasColumnName("hash");
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.IssuedAt).HasColumnName("issued_at");
            b.Property(r => r.ExpiresAt).HasColumnName("expires_at");
            b.Property(r => r.TakenAt).HasColumnName("taken_at");
            b.HasIndex(r => new { r.TransferId, r.ExpiresAt }).HasDatabaseName("files_tokens_transfer");
            b.HasIndex(r => r.ExpiresAt).HasDatabaseName("files_tokens_expiry");
        });
    }
}
