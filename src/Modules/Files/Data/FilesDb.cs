using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Data;

internal sealed class FilesDb(DbContextOptions<FilesDb> options) : ModuleDbContext(options)
{
    public const string Prefix = "files_";

    public DbSet<FileRow> Files => Set<FileRow>();

    public DbSet<VersionRow> Versions => Set<VersionRow>();

    public DbSet<HiddenRow> Hidden => Set<HiddenRow>();

    public DbSet<UploadRow> Uploads => Set<UploadRow>();

    public DbSet<UnneededRow> Unneeded => Set<UnneededRow>();

    public DbSet<DownloadRow> Downloads => Set<DownloadRow>();

    public DbSet<TransferRow> Transfers => Set<TransferRow>();

    public DbSet<TransferFileRow> TransferFiles => Set<TransferFileRow>();

    public DbSet<RecipientRow> Recipients => Set<RecipientRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FileRow>(b =>
        {
            b.ToTable("files_files").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.OwnerId).HasColumnName("owner_id");
            b.Property(r => r.BlobId).HasColumnName("blob_id");
            b.Property(r => r.Name).HasColumnName("name").HasMaxLength(FileRow.MaxName);
            b.Property(r => r.NameKey).HasColumnName("name_key").HasMaxLength(FileRow.MaxName);
            b.Property(r => r.Size).HasColumnName("size");
            b.Property(r => r.ContentType).HasColumnName("content_type").HasMaxLength(FileRow.MaxType);
            b.Property(r => r.Sha256).HasColumnName("sha256");
            b.Property(r => r.Width).HasColumnName("width");
            b.Property(r => r.Height).HasColumnName("height");
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.RecipientId).HasColumnName("recipient_id");
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.Property(r => r.Position).HasColumnName("position");
            b.Property(r => r.CameWithMessage).HasColumnName("came_with_message");
            b.Property(r => r.Version).HasColumnName("version");
            b.Property(r => r.Encrypted).HasColumnName("encrypted");
            b.Property(r => r.ExpiresAt).HasColumnName("expires_at");
            b.Property(r => r.ThumbnailId).HasColumnName("thumbnail_id");
            b.Property(r => r.ThumbnailType).HasColumnName("thumbnail_type").HasMaxLength(FileRow.MaxType);
            b.Property(r => r.DownloadCount).HasColumnName("download_count");
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.VersionAt).HasColumnName("version_at");
            b.Property(r => r.MissingAt).HasColumnName("missing_at");

            // Ids begin with their time, so each box is walked in order; the size is there for the quota's sum.
            b.HasIndex(r => new { r.OwnerId, r.Id, r.Size }).HasDatabaseName("files_files_owner");
            b.HasIndex(r => new { r.RoomId, r.Id }).HasFilter("room_id IS NOT NULL").HasDatabaseName("files_files_room");
            b.HasIndex(r => new { r.RecipientId, r.Id }).HasFilter("recipient_id IS NOT NULL").HasDatabaseName("files_files_recipient");
            b.HasIndex(r => new { r.Size, r.Id }).HasDatabaseName("files_files_size");
            b.HasIndex(r => new { r.NameKey, r.Id }).HasDatabaseName("files_files_name");
            b.HasIndex(r => r.MessageId).HasFilter("message_id IS NOT NULL").HasDatabaseName("files_files_message");
            b.HasIndex(r => r.BlobId).HasDatabaseName("files_files_blob");
            b.HasIndex(r => r.ThumbnailId).HasFilter("thumbnail_id IS NOT NULL").HasDatabaseName("files_files_thumbnail");
            b.HasIndex(r => r.ExpiresAt).HasFilter("expires_at IS NOT NULL").HasDatabaseName("files_files_expiry");
        });
        modelBuilder.Entity<VersionRow>(b =>
        {
            b.ToTable("files_versions").HasKey(r => new { r.FileId, r.Number });
            b.Property(r => r.FileId).HasColumnName("file_id");
            b.Property(r => r.Number).HasColumnName("number").ValueGeneratedNever();
            b.Property(r => r.OwnerId).HasColumnName("owner_id");
            b.Property(r => r.BlobId).HasColumnName("blob_id");
            b.Property(r => r.Name).HasColumnName("name").HasMaxLength(FileRow.MaxName);
            b.Property(r => r.Size).HasColumnName("size");
            b.Property(r => r.ContentType).HasColumnName("content_type").HasMaxLength(FileRow.MaxType);
            b.Property(r => r.Sha256).HasColumnName("sha256");
            b.Property(r => r.Width).HasColumnName("width");
            b.Property(r => r.Height).HasColumnName("height");
            b.Property(r => r.Encrypted).HasColumnName("encrypted");
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.HasIndex(r => new { r.OwnerId, r.Size }).HasDatabaseName("files_versions_owner");
            b.HasIndex(r => r.BlobId).HasDatabaseName("files_versions_blob");
        });
        modelBuilder.Entity<HiddenRow>(b =>
        {
            b.ToTable("files_hidden").HasKey(r => new { r.UserId, r.FileId });
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.FileId).HasColumnName("file_id");
            b.HasIndex(r => r.FileId).HasDatabaseName("files_hidden_file");
        });
        modelBuilder.Entity<UploadRow>(b =>
        {
            b.ToTable("files_uploads").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.OwnerId).HasColumnName("owner_id");
            b.Property(r => r.BlobId).HasColumnName("blob_id");
            b.Property(r => r.Length).HasColumnName("length");
            b.Property(r => r.Offset).HasColumnName("received");
            b.Property(r => r.State).HasColumnName("state").HasMaxLength(UploadRow.MaxState);
            b.Property(r => r.Name).HasColumnName("name").HasMaxLength(FileRow.MaxName);
            b.Property(r => r.Metadata).HasColumnName("metadata").HasMaxLength(UploadRow.MaxMetadata);
            b.Property(r => r.RoomId).HasColumnName("room_id");
            b.Property(r => r.RecipientId).HasColumnName("recipient_id");
            b.Property(r => r.ClientId).HasColumnName("client_id").HasMaxLength(UploadRow.MaxClientId);
            b.Property(r => r.CreatedAt).HasColumnName("created_at");
            b.Property(r => r.ExpiresAt).HasColumnName("expires_at");
            b.Property(r => r.FileId).HasColumnName("file_id");
            b.Property(r => r.MessageId).HasColumnName("message_id");
            b.HasIndex(r => r.OwnerId).HasDatabaseName("files_uploads_owner");
            b.HasIndex(r => r.ExpiresAt).HasDatabaseName("files_uploads_expiry");
            b.HasIndex(r => r.BlobId).HasDatabaseName("files_uploads_blob");
        });
        modelBuilder.Entity<UnneededRow>(b =>
        {
            b.ToTable("files_unneeded").HasKey(r => r.BlobId);
            b.Property(r => r.BlobId).HasColumnName("blob_id").ValueGeneratedNever();
            b.Property(r => r.Since).HasColumnName("since");
        });
        modelBuilder.Entity<DownloadRow>(b =>
        {
            b.ToTable("files_downloads").HasKey(r => r.Id);
            b.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            b.Property(r => r.FileId).HasColumnName("file_id");
            b.Property(r => r.UserId).HasColumnName("user_id");
            b.Property(r => r.TransferId).HasColumnName("transfer_id");
            b.Property(r => r.Address).HasColumnName("address").HasMaxLength(DownloadRow.MaxAddress);
            b.Property(r => r.At).HasColumnName("at");
            b.HasIndex(r => new { r.FileId, r.Id }).HasDatabaseName("files_downloads_file");
        });
        TransferTables.Configure(modelBuilder);
    }
}
