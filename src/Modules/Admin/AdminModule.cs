using ChatMonolith.Admin.Alerts;
using ChatMonolith.Admin.Alerts.Conditions;
using ChatMonolith.Admin.Announcing;
using ChatMonolith.Admin.Audit;
using ChatMonolith.Admin.Bulk;
using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Jobs;
using ChatMonolith.Admin.Live;
using ChatMonolith.Admin.Settings;
using ChatMonolith.Admin.Stats;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Backups;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Admin;

/// <summary>The audit log, jobs as an admin sees them, settings that change while the server runs, figures, announcements. What modules own they administer themselves.</summary>
public sealed class AdminModule : IModule
{
    public string TablePrefix => AdminDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddModuleDatabase<AdminDb>(AdminDb.Prefix);
        services.AddOptions<AdminOptions>().Bind(configuration.GetSection(AdminOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AuditChain>().AddSingleton<AuditSealing>().AddHostedService(provider => provider.GetRequiredService<AuditSealing>());
        services.AddLiveOptions<AdminOptions>();
        services.AddSingleton(new RuntimeSetting("Admin:AuditDays", SettingType.Number, "400", "Days that the audit log is kept; 0 for ever.") { Min = 0, Max = 36_500 });
        services.AddSingleton(new RuntimeSetting("Admin:JobHistoryDays", SettingType.Number, "14", "Days that runs of jobs are kept.") { Min = 1, Max = 3_650 });
        services.AddSingleton<SettingsStore>().AddHostedService(provider => provider.GetRequiredService<SettingsStore>()).AddSingleton<INodeListener>(provider => provider.GetRequiredService<SettingsStore>()).AddSingleton<BulkRuns>();
        services.AddSingleton<Instruments>().AddHostedService(provider => provider.GetRequiredService<Instruments>());
        services.AddSingleton<PausedJobs>().AddSingleton<INodeListener>(provider => provider.GetRequiredService<PausedJobs>()).AddScoped<JobViews>();
        services.AddSingleton<AdminWatchers>().AddSingleton<IConnectionObserver>(provider => provider.GetRequiredService<AdminWatchers>());
        services.AddSingleton<IAuditLog, AuditLog>().AddSingleton<AuditCheck>().AddScoped<AuditExport>();
        AddAlerts(services, configuration);
    }

    private static void AddAlerts(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlertsOptions>().Bind(configuration.GetSection(AlertsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertsOptions>, AlertsOptionsRules>();
        services.AddLiveOptions<AlertsOptions>();
        services.AddSingleton(new RuntimeSetting("Alerts:Mail", SettingType.Flag, "true", "Alerts are told by mail."));
        services.AddSingleton(Number("Alerts:RepeatHours", 24, 0, 720, "Hours after which an alert that lasts is told again; 0 never."));
        services.AddSingleton(Number("Alerts:DiskMegaBytes", 5120, 0, 1_073_741_824, "MiB free on the disk of the data folder below which it is an alert."));
        services.AddSingleton(Number("Alerts:DiskDangerMegaBytes", 1024, 0, 1_073_741_824, "MiB free below which it is an error."));
        services.AddSingleton(Number("Alerts:ErrorPercent", 5, 1, 100, "Percent of requests that fail at which it is an alert."));
        services.AddSingleton(Number("Alerts:ErrorMinutes", 5, 1, 60, "Minutes over which failed requests are counted."));
        services.AddSingleton(Number("Alerts:ErrorsAtLeast", 10, 1, 1_000_000, "Failed requests in that time below which it is none."));
        services.AddSingleton(Number("Alerts:MailMinutes", 60, 1, 2_880, "Minutes that a letter may wait."));
        services.AddSingleton(Number("Alerts:MailGivenUp", 5, 1, 100_000, "Letters given up within a day at which it is an alert."));
        services.AddSingleton(Number("Alerts:CertificateDays", 14, 1, 365, "Days before the end of the server's own certificate."));
        services.AddSingleton(Number("Alerts:BackupGraceHours", 6, 1, 720, "Hours that a backup or a drill may be late."));
        services.AddSingleton<AlertStanding>().AddSingleton<IMeasured>(provider => provider.GetRequiredService<AlertStanding>());
        services.AddScoped<AlertRound>().AddScoped<AlertTelling>().AddScoped<AlertPosts>().AddSingleton<IRestoredData, RestoredAlerts>();
        services.AddScoped<ICondition, BackupsGoWrong>().AddScoped<ICondition, DiskIsLow>().AddScoped<ICondition, RequestsFail>();
        services.AddScoped<ICondition, MailIsStuck>().AddScoped<ICondition, CertificateEnds>().AddScoped<ICondition, AuditIsBroken>();

        static RuntimeSetting Number(string key, int value, int min, int max, string description) =>
            new(key, SettingType.Number, value.ToString(System.Globalization.CultureInfo.InvariantCulture), description) { Min = min, Max = max };
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        ListAlerts.Map(api);
        ListAudit.Map(api);
        ExportAudit.Map(api);
        VerifyAudit.Map(api);
        ListJobs.Map(api);
        ControlJob.Map(api);
        AdministerSettings.Map(api);
        Announce.Map(api);
        GetStats.Map(api);
        StartBulk.Map(api);
    }

    public void MapCommands(SocketCommands commands) => Watch.MapCommand(commands);

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.AddJobMiddleware<JobRuns>();
        jobs.Every<WatchAlerts>(WatchAlerts.Name, "Looks whether something is wrong, and tells of it", TimeSpan.FromMinutes(1));
        jobs.Every<CheckAudit>(CheckAudit.Name, "Reads the whole audit log and looks whether an entry was changed", TimeSpan.FromHours(24));
        jobs.Every<CutAudit>(CutAudit.Name, "Removes entries of the audit log that are older than it is kept", TimeSpan.FromHours(6));
        jobs.Every<SampleStats>(SampleStats.Name, "Writes down how things stand, and makes coarser figures of finer ones", TimeSpan.FromMinutes(1), first: TimeSpan.FromSeconds(10));
        jobs.Every<CleanRuns>(CleanRuns.Name, "Forgets old runs of jobs", TimeSpan.FromHours(6));
    }
}
