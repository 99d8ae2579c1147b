using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChatMonolith.Admin.Data;

[DbContext(typeof(AdminDb))]
[Migration("20261213100000_Create")]
internal sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreateAudit(migrationBuilder);
        CreateJobs(migrationBuilder);
        var m = migrationBuilder;
        m.CreateTable(
            "admin_settings",
            t => new
            {
                key = t.Column<string>(m.Text(SettingRow.MaxKey), maxLength: SettingRow.MaxKey),
                value = t.Column<string>(m.Text(SettingRow.MaxValue), maxLength: SettingRow.MaxValue),
                set_by = t.Column<Guid>(m.Id()),
                set_at = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_admin_settings", c => c.key));
        m.CreateTable(
            "admin_samples",
            t => new
            {
                series = t.Column<string>(m.Text(SampleRow.MaxSeries), maxLength: SampleRow.MaxSeries),
                step = t.Column<int>(m.Integer32()),
                at = t.Column<long>(m.Number()),
                value = t.Column<double>(m.Real()),
                max = t.Column<double>(m.Real()),
            },
            constraints: t => t.PrimaryKey("PK_admin_samples", c => new { c.series, c.step, c.at }));
        m.CreateIndex("admin_samples_age", "admin_samples", ["step", "at"]);
    }

    private static void CreateAudit(MigrationBuilder m)
    {
        m.CreateTable(
            "admin_audit",
            t => new
            {
                seq = t.Column<long>(m.Number()),
                at = t.Column<long>(m.Number()),
                action = t.Column<string>(m.Text(AuditRow.MaxAction), maxLength: AuditRow.MaxAction),
                actor_id = t.Column<Guid>(m.Id(), nullable: true),
                actor = t.Column<string>(m.Text(AuditRow.MaxActor), maxLength: AuditRow.MaxActor),
                subject_type = t.Column<string>(m.Text(AuditRow.MaxSubjectType), maxLength: AuditRow.MaxSubjectType),
                subject_id = t.Column<Guid>(m.Id(), nullable: true),
                address = t.Column<string>(m.Text(AuditRow.MaxAddress), maxLength: AuditRow.MaxAddress),
                session_id = t.Column<Guid>(m.Id(), nullable: true),
                result = t.Column<int>(m.Integer32()),
                details = t.Column<string>(m.Text(AuditRow.MaxDetails), maxLength: AuditRow.MaxDetails),
                hash = t.Column<byte[]>(m.Bytes()),
            },
            constraints: t => t.PrimaryKey("PK_admin_audit", c => c.seq));
        m.CreateIndex("admin_audit_actor", "admin_audit", ["actor_id", "seq"]);
        m.CreateIndex("admin_audit_subject", "admin_audit", ["subject_id", "seq"]);
        m.CreateIndex("admin_audit_at", "admin_audit", ["at", "seq"]);
        m.CreateTable(
            "admin_audit_owed",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                at = t.Column<long>(m.Number()),
                action = t.Column<string>(m.Text(AuditRow.MaxAction), maxLength: AuditRow.MaxAction),
                actor_id = t.Column<Guid>(m.Id(), nullable: true),
                subject_type = t.Column<string>(m.Text(AuditRow.MaxSubjectType), maxLength: AuditRow.MaxSubjectType),
                subject_id = t.Column<Guid>(m.Id(), nullable: true),
                address = t.Column<string>(m.Text(AuditRow.MaxAddress), maxLength: AuditRow.MaxAddress),
                session_id = t.Column<Guid>(m.Id(), nullable: true),
                result = t.Column<int>(m.Integer32()),
                details = t.Column<string>(m.Text(AuditRow.MaxDetails), maxLength: AuditRow.MaxDetails),
            },
            constraints: t => t.PrimaryKey("PK_admin_audit_owed", c => c.id));
        m.CreateTable(
            "admin_audit_head",
            t => new
            {
                key = t.Column<int>(m.Integer32()),
                seq = t.Column<long>(m.Number()),
                hash = t.Column<byte[]>(m.Bytes()),
                first_seq = t.Column<long>(m.Number()),
                first_before = t.Column<byte[]>(m.Bytes()),
                mac = t.Column<byte[]>(m.Bytes()),
            },
            constraints: t => t.PrimaryKey("PK_admin_audit_head", c => c.key));
    }

    private static void CreateJobs(MigrationBuilder m)
    {
        m.CreateTable(
            "admin_job_runs",
            t => new
            {
                id = t.Column<Guid>(m.Id()),
                job = t.Column<string>(m.Text(JobRunRow.MaxJob), maxLength: JobRunRow.MaxJob),
                started_at = t.Column<long>(m.Number()),
                ended_at = t.Column<long>(m.Number(), nullable: true),
                result = t.Column<int>(m.Integer32()),
                error = t.Column<string>(m.Text(JobRunRow.MaxError), maxLength: JobRunRow.MaxError, nullable: true),
                node = t.Column<string>(m.Text(JobRunRow.MaxNode), maxLength: JobRunRow.MaxNode),
                trigger = t.Column<int>(m.Integer32()),
                attempt = t.Column<int>(m.Integer32()),
            },
            constraints: t => t.PrimaryKey("PK_admin_job_runs", c => c.id));
        m.CreateIndex("admin_job_runs_job", "admin_job_runs", ["job", "id"]);
        m.CreateIndex("admin_job_runs_started", "admin_job_runs", ["started_at", "result"]);
        m.CreateIndex("admin_job_runs_running", "admin_job_runs", "node", filter: "result = 0");
        m.CreateTable(
            "admin_paused_jobs",
            t => new
            {
                job = t.Column<string>(m.Text(JobRunRow.MaxJob), maxLength: JobRunRow.MaxJob),
                since = t.Column<long>(m.Number()),
            },
            constraints: t => t.PrimaryKey("PK_admin_paused_jobs", c => c.job));
    }
}
