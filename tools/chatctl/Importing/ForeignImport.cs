using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ChatMonolith.Backups.Creating;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Backups;
using ChatMonolith.Chatctl.Importing.Archives;
using ChatMonolith.Chatctl.Importing.Making;
using ChatMonolith.Chatctl.Importing.Sources;
using ChatMonolith.Chatctl.Importing.Texts;
using ChatMonolith.Chatctl.Moving;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Chatctl.Importing;

/// <summary>Reads an export of another product into an empty server, by way of our own format.</summary>
internal static class ForeignImport
{
    /// <param name="source">The product.</param>
    /// <param name="what">What is read, in words.</param>
    /// <param name="export">Its reader.</param>
    public static Command Command(string source, string what, Func<IForeignExport> export)
    {
        var path = new Argument<string>("path") { Description = "The zip file, or the folder that it was unpacked into." };
        var data = new Option<string?>("--data") { Description = "The data folder of a new server. Database__Provider and ConnectionStrings__Default say which database; it must be empty.", HelpName = "folder" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only read, and tell what would come and what would not. Nothing is written but a scratch file, which is removed." };
        var report = new Option<string?>("--report") { Description = "Where the whole report goes, as JSON.", HelpName = "file" };
        var scratch = new Option<string?>("--scratch") { Description = "A folder for what is read while it is put in order: some three times the size of the texts. Left out: beside the data folder; of a dry run the system's own.", HelpName = "folder" };
        var command = new Command(source, $"Reads {what} into an empty server: people, rooms, messages, threads, reactions, pins and files (docs/import.md). All or nothing.") { path, data, dryRun, report, scratch };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            new Wish(source, parsed.GetRequiredValue(path), parsed.GetValue(data), parsed.GetValue(dryRun), parsed.GetValue(report), parsed.GetValue(scratch)), export(), ct)));
        return command;
    }

    private static async Task<int> Run(Wish wish, IForeignExport export, CancellationToken ct)
    {
        if (wish.Data is null && !wish.DryRun)
        {
            throw new RefusedException("Name the new server's data folder with --data, or look first with --dry-run.");
        }

        var clock = Stopwatch.StartNew();
        var report = new ImportReport(wish.Source, wish.Path, wish.DryRun);
        using var archive = Archive.Open(wish.Path);
        await using var server = wish.DryRun ? null : await Open(wish.Data!, ct);
        using var scratch = new ScratchFolder(wish.Scratch, wish.DryRun ? null : wish.Data);
        using var progress = new ProgressLine();
        using (var staging = new Staging(scratch.Path))
        {
            var limit = server?.Services.GetRequiredService<IOptions<FilesOptions>>().Value ?? new FilesOptions();
            var reading = new Reading(archive, new Workspace(report), staging, report, new EmojiNames(), TimeProvider.System.Now(), limit.MaxFileBytes, progress);
            ReadAll(export, reading, ct);
            if (reading.Workspace.People.Count == 0)
            {
                throw new RefusedException($"{wish.Path} has no people.");
            }

            progress.Report(new BackupProgress("ordering", 0, 0));
            staging.Settle(report);
            RoomSettling.Settle(reading.Workspace, report);
            if (server is not null)
            {
                RefuseSmallDisk(server.Services, reading.FileBytes);
                var folder = Directory.CreateDirectory(System.IO.Path.Combine(scratch.Path, "export")).FullName;
                var source = await new ExportMaker(server, reading, folder).Make(wish.Source, ct);
                await Importer.Take(server, source, progress, ct);
            }
        }

        progress.Dispose();
        report.Print(Console.Out);
        if (wish.Report is not null)
        {
            report.Save(wish.Report);
        }

        var messages = report.Counted("messages");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(wish.DryRun ? "read" : "imported")}: {messages} messages, {clock.Elapsed.TotalSeconds:0.0} s, {messages / Math.Max(0.001, clock.Elapsed.TotalSeconds):0} messages/s"));
        return 0;
    }

    private static void ReadAll(IForeignExport export, Reading reading, CancellationToken ct)
    {
        try
        {
            export.Read(reading, ct);
        }
        catch (InvalidDataException e)
        {
            throw new RefusedException($"{reading.Archive.Path} is damaged: {e.Message} Nothing was imported.");
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 13 or 10)
        {
            throw new RefusedException("There is no room for what was read. Name a folder with more with --scratch. Nothing was imported.");
        }
    }

    /// <summary>The folder's lock, and an empty database, before an hour is spent on reading.</summary>
    private static async Task<OfflineServer> Open(string data, CancellationToken ct)
    {
        Directory.CreateDirectory(data);
        var server = await OfflineServer.Open(data, mayBeNew: true, ct);
        try
        {
            await Importer.RefuseContent(server.Services.GetRequiredService<Database>(), TableShape.All(server.Services.GetServices<IModuleDatabase>()), ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static void RefuseSmallDisk(IServiceProvider services, long bytes)
    {
        var storage = services.GetRequiredService<IOptions<Files.Blobs.StorageOptions>>().Value;
        if (storage.Provider is not Files.Blobs.StorageProvider.Disk)
        {
            return;
        }

        var folder = storage.Directory.Length > 0 ? storage.Directory : services.GetRequiredService<DataFolder>().Root;
        var free = new DriveInfo(System.IO.Path.GetFullPath(folder)).AvailableFreeSpace;
        if (bytes > free)
        {
            throw new RefusedException($"The files have {bytes} bytes, and {folder} has room for {free}. Nothing was imported.");
        }
    }

    private sealed record Wish(string Source, string Path, string? Data, bool DryRun, string? Report, string? Scratch);
}
