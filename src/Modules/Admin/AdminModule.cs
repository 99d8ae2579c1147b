using ChatMonolith.Admin.Announcing;
using ChatMonolith.Admin.Audit;
using ChatMonolith.Admin.Bulk;
using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Jobs;
using ChatMonolith.Admin.Live;
using ChatMonolith.Admin.Settings;
using ChatMonolith.Admin.Stats;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.Contracts.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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
        services.AddHostedService<SettingsStore>().AddSingleton<BulkRuns>();
        services.AddSingleton<Instruments>().AddHostedService(provider => provider.GetRequiredService<Instruments>());
        services.AddSingleton<PausedJobs>().AddScoped<JobViews>();
        services.AddSingleton<AdminWatchers>().AddSingleton<IConnectionObserver>(provider => provider.GetRequiredService<AdminWatchers>());
        services.AddSingleton<IAuditLog, AuditLog>().AddSingleton<AuditCheck>().AddScoped<AuditExport>();
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
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
        jobs.ScheduleJob<CutAudit>(
            trigger => trigger.WithIdentity(CutAudit.Name).StartNow().WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromHours(6)).RepeatForever()),
            job => job.WithIdentity(CutAudit.Name).WithDescription("Removes entries of the audit log that are older than it is kept"));
        jobs.ScheduleJob<SampleStats>(
            trigger => trigger.WithIdentity(SampleStats.Name).StartNow().WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromMinutes(1)).RepeatForever()),
            job => job.WithIdentity(SampleStats.Name).WithDescription("Writes down how things stand, and makes coarser figures of finer ones"));
        jobs.ScheduleJob<CleanRuns>(
            trigger => trigger.WithIdentity(CleanRuns.Name).StartNow().WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromHours(6)).RepeatForever()),
            job => job.WithIdentity(CleanRuns.Name).WithDescription("Forgets old runs of jobs"));
    }
}
