using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Files.Administration;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Jobs;
using ChatMonolith.Files.Kinds;
using ChatMonolith.Files.Listing;
using ChatMonolith.Files.Serving;
using ChatMonolith.Files.Transfers;
using ChatMonolith.Files.Uploads;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ChatMonolith.Files;

/// <summary>Files and their bytes: uploads, downloads, versions, thumbnails, the files of messages, and transfers.</summary>
public sealed class FilesModule : IModule
{
    public string TablePrefix => FilesDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FilesOptions>().Bind(configuration.GetSection(FilesOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TransferRateLimits>().Bind(configuration.GetSection(TransferRateLimits.Section));
        services.AddModuleDatabase<FilesDb>(FilesDb.Prefix);
        if (configuration.GetSection(StorageOptions.Section).GetValue<StorageProvider>(nameof(StorageOptions.Provider)) is StorageProvider.S3)
        {
            services.AddSingleton<IBlobStore, S3BlobStore>();
        }
        else
        {
            services.AddSingleton<IBlobStore, DiskBlobStore>();
        }

        services.AddSingleton<BlobHolds>().AddSingleton<IStoredBytes, StoredBytes>().AddSingleton<IRestoredData, RestoredFiles>();
        services.AddSingleton<IMessageFiles, MessageFiles>();
        services.AddSingleton<Thumbnails>().AddSingleton<Examination>().AddSingleton<Quota>().AddSingleton<Destinations>().AddSingleton<FileIntake>();
        services.AddSingleton<RunningUploads>().AddSingleton<ISessionWork>(provider => provider.GetRequiredService<RunningUploads>());
        services.AddSingleton<UploadGate>().AddScoped<Receiving>().AddScoped<CreateUpload.Creation>().AddSingleton<PostFile.FormFile>();
        services.AddSingleton<DownloadLog>().AddHostedService(provider => provider.GetRequiredService<DownloadLog>());
        services.AddScoped<IBulkAction, BulkDeleteFiles>().AddScoped<IStatistics, FileStatistics>().AddScoped<IBulkAction, BulkRevokeTransfers>();
        services.AddLiveOptions<FilesOptions>();
        services.AddSingleton(new RuntimeSetting("Files:MaxFileBytes", SettingType.Number, $"{10L * 1024 * 1024 * 1024}", "The largest file, in bytes.") { Min = 1, Max = 5L * 1024 * 1024 * 1024 * 1024 });
        services.AddSingleton(new RuntimeSetting("Files:QuotaBytes", SettingType.Number, $"{50L * 1024 * 1024 * 1024}", "What one person may store, in bytes; 0 for no limit.") { Min = 0, Max = long.MaxValue });
        services.AddSingleton(new RuntimeSetting("Files:QuotaFiles", SettingType.Number, "100000", "How many files one person may have; 0 for no limit.") { Min = 0, Max = int.MaxValue });
        services.AddSingleton(new RuntimeSetting("Files:MaxTransferHours", SettingType.Number, $"{24 * 30}", "The longest time that a transfer stays open, in hours.") { Min = 1, Max = 24 * 365 });
        services.AddScoped<FileRights>().AddScoped<Leases>();
        services.AddSingleton<TransferLetters>().AddSingleton<IAccountDeletion, LeavingFiles>().AddScoped<IPersonalData, FilesData>().AddScoped<IPersonalFiles, OwnFiles>();
        services.AddSingleton<TransferPasswords>().AddSingleton<OpenThrottle>().AddSingleton<RunningDownloads>().AddSingleton<INodeListener>(provider => provider.GetRequiredService<RunningDownloads>());
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        PostFile.Map(api);
        ListFiles.Map(api);
        GetFile.Map(api);
        GetContent.Map(api);
        DeleteFile.Map(api);
        FileVersions.Map(api);
        FileThumbnail.Map(api);
        CreateUpload.Map(api);
        ContinueUpload.Map(api);
        EndUpload.Map(api);
        GetUpload.Map(api);
        CreateTransfer.Map(api);
        ListTransfers.Map(api);
        RevokeTransfer.Map(api);
        OpenTransfer.Map(api);
        GetTransferContent.Map(api);
        AdministerFiles.Map(api);
        AdministerTransfers.Map(api);
    }

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.Every<RemoveBytes>(RemoveBytes.Name, "Ends what is over, and removes bytes that nothing needs any more", TimeSpan.FromSeconds(15), first: TimeSpan.FromSeconds(15));
        jobs.Every<SweepOrphans>(SweepOrphans.Name, "Finds bytes without rows and rows without bytes", TimeSpan.FromHours(6));
    }
}
