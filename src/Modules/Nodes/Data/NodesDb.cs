using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Nodes.Data;

internal sealed class NodesDb : ModuleDbContext
{
    public const string Prefix = "nodes_";

    public NodesDb(DbContextOptions<NodesDb> options)
        : base(options)
    {
    }

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<LetterRow> Letters => Set<LetterRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<LeaseRow>(row =>
        {
            row.ToTable("nodes_leases");
            row.HasKey(r => r.Id);
            row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(r => r.Name).HasColumnName("name").HasMaxLength(LeaseRow.MaxName);
            row.Property(r => r.Version).HasColumnName("version").HasMaxLength(LeaseRow.MaxVersion);
            row.Property(r => r.Backend).HasColumnName("backend").HasMaxLength(LeaseRow.MaxBackend);
            row.Property(r => r.StartedAt).HasColumnName("started_at");
            row.Property(r => r.LeaseUntil).HasColumnName("lease_until");
            row.Property(r => r.FencedAt).HasColumnName("fenced_at");
            row.Property(r => r.Reaped).HasColumnName("reaped");
            row.Property(r => r.Draining).HasColumnName("draining");
            row.Property(r => r.Told).HasColumnName("told");
            row.Property(r => r.Sockets).HasColumnName("sockets");
            row.Property(r => r.Topics).HasColumnName("topics");
            row.Property(r => r.LagMilliseconds).HasColumnName("lag_ms");
            row.Property(r => r.Problem).HasColumnName("problem").HasMaxLength(LeaseRow.MaxProblem);
        });
        modelBuilder.Entity<SecretRow>(row =>
        {
            row.ToTable("nodes_secrets");
            row.HasKey(r => r.Name);
            row.Property(r => r.Name).HasColumnName("name").HasMaxLength(SecretRow.MaxName);
            row.Property(r => r.Sealed).HasColumnName("sealed");
        });
        modelBuilder.Entity<LetterRow>(row =>
        {
            row.ToTable("nodes_letters");
            row.HasKey(r => r.Id);
            row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(r => r.Body).HasColumnName("body").HasMaxLength(LetterRow.MaxBody);
            row.Property(r => r.At).HasColumnName("at");
        });
    }
}
