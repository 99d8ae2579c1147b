using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Jobs;
using ChatMonolith.Backups.Restoring;
using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ChatMonolith.Backups;

/// <summary>Backups that are encrypted, signed and tried, and their way back. It has no tables: what it knows must outlive the database.</summary>
public sealed class BackupsModule : IModule
{
    public string TablePrefix => "backup_";

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BackupsOptions>().Bind(configuration.GetSection(BackupsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<BackupMaker>().AddSingleton<CopyCheck>().AddSingleton<RestoreMaker>().AddSingleton<DrillMaker>();
        services.AddSingleton<BackupReports>().AddSingleton<IBackupReports>(provider => provider.GetRequiredService<BackupReports>());
        services.AddSingleton<BackupRounds>().AddSingleton<IBeforeMigration, BackupBeforeMigration>();
        services.AddHostedService<BackupSchedule>();
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        ListBackups.Map(api);
        StartBackup.Map(api);
        CancelBackup.Map(api);
        VerifyBackup.Map(api);
        GetBackupContent.Map(api);
    }

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.AddJob<MakeBackup>(job => job.WithIdentity(MakeBackup.Key).StoreDurably().WithDescription("Makes a backup, and removes those that are old enough"));
        jobs.AddJob<RunDrill>(job => job.WithIdentity(RunDrill.Key).StoreDurably().WithDescription("Rehearses the restore of the newest backup"));
    }
}
