using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Mail.Data;

internal sealed class MailDb : ModuleDbContext
{
    public const string Prefix = "mail_";

    public MailDb(DbContextOptions<MailDb> options)
        : base(options)
    {
    }

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<OutboxRow>(row =>
    {
        row.ToTable("mail_outbox");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.Kind).HasColumnName("kind").HasConversion<int>();
        row.Property(r => r.Address).HasColumnName("address").HasMaxLength(OutboxRow.MaxAddress);
        row.Property(r => r.Language).HasColumnName("language").HasMaxLength(OutboxRow.MaxLanguage);
        row.Property(r => r.Sealed).HasColumnName("sealed");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.NextAt).HasColumnName("next_at");
        row.Property(r => r.ExpiresAt).HasColumnName("expires_at");
        row.Property(r => r.Attempts).HasColumnName("attempts");
        row.Property(r => r.DeadAt).HasColumnName("dead_at");
        row.Property(r => r.Problem).HasColumnName("problem").HasMaxLength(OutboxRow.MaxProblem);
        row.HasIndex(r => new { r.DeadAt, r.NextAt }).HasDatabaseName("mail_outbox_due");
    });
}
