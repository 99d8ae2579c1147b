using ChatMonolith.Admin.Alerts;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ChatMonolith.Admin.Data;

internal sealed class AdminDb(DbContextOptions<AdminDb> options) : ModuleDbContext(options)
{
    public const string Prefix = "admin_";

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<OwedAuditRow> OwedAudit => Set<OwedAuditRow>();

    public DbSet<AuditHeadRow> AuditHead => Set<AuditHeadRow>();

    public DbSet<SettingRow> Settings => Set<SettingRow>();

    public DbSet<JobRunRow> JobRuns => Set<JobRunRow>();

    public DbSet<PausedJobRow> PausedJobs => Set<PausedJobRow>();

    public DbSet<SampleRow> Samples => Set<SampleRow>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<AlertPostRow> AlertPosts => Set<AlertPostRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AuditRow>(Configure);
        modelBuilder.Entity<OwedAuditRow>(Configure);
        modelBuilder.Entity<AuditHeadRow>(row =>
        {
            row.ToTable("admin_audit_head");
            row.HasKey(r => r.Key);
            row.Property(r => r.Key).HasColumnName("key").ValueGeneratedNever();
            row.Property(r => r.Seq).HasColumnName("seq");
            row.Property(r => r.Hash).HasColumnName("hash");
            row.Property(r => r.FirstSeq).HasColumnName("first_seq");
            row.Property(r => r.FirstBefore).HasColumnName("first_before");
            row.Property(r => r.Mac).HasColumnName("mac");
        });
        modelBuilder.Entity<SettingRow>(row =>
        {
            row.ToTable("admin_settings");
            row.HasKey(r => r.Key);
            row.Property(r => r.Key).HasColumnName("key").HasMaxLength(SettingRow.MaxKey);
            row.Property(r => r.Value).HasColumnName("value").HasMaxLength(SettingRow.MaxValue);
            row.Property(r => r.SetBy).HasColumnName("set_by");
            row.Property(r => r.SetAt).HasColumnName("set_at");
        });
        modelBuilder.Entity<JobRunRow>(Configure);
        modelBuilder.Entity<AlertRow>(Configure);
        modelBuilder.Entity<AlertPostRow>(Configure);
        modelBuilder.Entity<PausedJobRow>(row =>
        {
            row.ToTable("admin_paused_jobs");
            row.HasKey(r => r.Job);
            row.Property(r => r.Job).HasColumnName("job").HasMaxLength(JobRunRow.MaxJob);
            row.Property(r => r.Since).HasColumnName("since");
        });
        modelBuilder.Entity<SampleRow>(row =>
        {
            row.ToTable("admin_samples");
            row.HasKey(r => new { r.Series, r.Step, r.At });
            row.Property(r => r.Series).HasColumnName("series").HasMaxLength(SampleRow.MaxSeries);
            row.Property(r => r.Step).HasColumnName("step");
            row.Property(r => r.At).HasColumnName("at");
            row.Property(r => r.Value).HasColumnName("value");
            row.Property(r => r.Max).HasColumnName("max");
            row.HasIndex(r => new { r.Step, r.At }).HasDatabaseName("admin_samples_age");
        });
    }

    private static void Configure(EntityTypeBuilder<AlertRow> row)
    {
        row.ToTable("admin_alerts");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.Name).HasColumnName("name").HasMaxLength(AlertRow.MaxName);
        row.Property(r => r.Level).HasColumnName("level").HasConversion<int>();
        row.Property(r => r.Facts).HasColumnName("facts").HasMaxLength(AlertRow.MaxFacts);
        row.Property(r => r.OpenedAt).HasColumnName("opened_at");
        row.Property(r => r.ToldAt).HasColumnName("told_at");
        row.Property(r => r.EndedAt).HasColumnName("ended_at");
        row.HasIndex(r => r.Name).HasDatabaseName("admin_alerts_open").IsUnique().HasFilter("ended_at IS NULL");
        row.HasIndex(r => new { r.Name, r.Id }).HasDatabaseName("admin_alerts_name");
        row.HasIndex(r => r.EndedAt).HasDatabaseName("admin_alerts_ended");
    }

    private static void Configure(EntityTypeBuilder<AlertPostRow> row)
    {
        row.ToTable("admin_alert_posts");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.AlertId).HasColumnName("alert_id");
        row.Property(r => r.Body).HasColumnName("body").HasMaxLength(AlertPostRow.MaxBody);
        row.Property(r => r.Attempts).HasColumnName("attempts");
        row.Property(r => r.CreatedAt).HasColumnName("created_at");
        row.Property(r => r.NextAt).HasColumnName("next_at");
        row.Property(r => r.Problem).HasColumnName("problem").HasMaxLength(AlertPostRow.MaxProblem);
        row.HasIndex(r => r.AlertId).HasDatabaseName("admin_alert_posts_alert");
    }

    private static void Configure(EntityTypeBuilder<AuditRow> row)
    {
        row.ToTable("admin_audit");
        row.HasKey(r => r.Seq);
        row.Property(r => r.Seq).HasColumnName("seq").ValueGeneratedNever();
        row.Property(r => r.At).HasColumnName("at");
        row.Property(r => r.Action).HasColumnName("action").HasMaxLength(AuditRow.MaxAction);
        row.Property(r => r.ActorId).HasColumnName("actor_id");
        row.Property(r => r.Actor).HasColumnName("actor").HasMaxLength(AuditRow.MaxActor);
        row.Property(r => r.SubjectType).HasColumnName("subject_type").HasMaxLength(AuditRow.MaxSubjectType);
        row.Property(r => r.SubjectId).HasColumnName("subject_id");
        row.Property(r => r.Address).HasColumnName("address").HasMaxLength(AuditRow.MaxAddress);
        row.Property(r => r.SessionId).HasColumnName("session_id");
        row.Property(r => r.Result).HasColumnName("result").HasConversion<int>();
        row.Property(r => r.Details).HasColumnName("details").HasMaxLength(AuditRow.MaxDetails);
        row.Property(r => r.Hash).HasColumnName("hash");
        row.HasIndex(r => new { r.ActorId, r.Seq }).HasDatabaseName("admin_audit_actor");
        row.HasIndex(r => new { r.SubjectId, r.Seq }).HasDatabaseName("admin_audit_subject");
        row.HasIndex(r => new { r.At, r.Seq }).HasDatabaseName("admin_audit_at");
    }

    private static void Configure(EntityTypeBuilder<OwedAuditRow> row)
    {
        row.ToTable("admin_audit_owed");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.At).HasColumnName("at");
        row.Property(r => r.Action).HasColumnName("action").HasMaxLength(AuditRow.MaxAction);
        row.Property(r => r.ActorId).HasColumnName("actor_id");
        row.Property(r => r.SubjectType).HasColumnName("subject_type").HasMaxLength(AuditRow.MaxSubjectType);
        row.Property(r => r.SubjectId).HasColumnName("subject_id");
        row.Property(r => r.Address).HasColumnName("address").HasMaxLength(AuditRow.MaxAddress);
        row.Property(r => r.SessionId).HasColumnName("session_id");
        row.Property(r => r.Result).HasColumnName("result").HasConversion<int>();
        row.Property(r => r.Details).HasColumnName("details").HasMaxLength(AuditRow.MaxDetails);
    }

    private static void Configure(EntityTypeBuilder<JobRunRow> row)
    {
        row.ToTable("admin_job_runs");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(r => r.Job).HasColumnName("job").HasMaxLength(JobRunRow.MaxJob);
        row.Property(r => r.StartedAt).HasColumnName("started_at");
        row.Property(r => r.EndedAt).HasColumnName("ended_at");
        row.Property(r => r.Result).HasColumnName("result").HasConversion<int>();
        row.Property(r => r.Error).HasColumnName("error").HasMaxLength(JobRunRow.MaxError);
        row.Property(r => r.Node).HasColumnName("node").HasMaxLength(JobRunRow.MaxNode);
        row.Property(r => r.Trigger).HasColumnName("trigger").HasConversion<int>();
        row.Property(r => r.Attempt).HasColumnName("attempt");
        row.HasIndex(r => new { r.Job, r.Id }).HasDatabaseName("admin_job_runs_job");
        row.HasIndex(r => new { r.StartedAt, r.Result }).HasDatabaseName("admin_job_runs_started");
        row.HasIndex(r => r.Node).HasFilter("result = 0").HasDatabaseName("admin_job_runs_running");
    }
}
