using System.CommandLine;
using ChatMonolith.Backups.Restoring;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Backups;

internal static class RestoreCommands
{
    public static Command Restore()
    {
        var place = new BackupPlace();
        var data = new Option<string>("--data") { Description = "The data folder to restore into: a new one, or that of a stopped server with --replace.", Required = true, HelpName = "folder" };
        var replace = new Option<bool>("--replace") { Description = "The folder holds a server's data: move it aside (before-restore-… in the folder) and put the backup in its place." };
        var command = new Command(
            "restore",
            "Restores a backup. Everything is fetched, decrypted and checked beside what is live; only then it is put in its place. On PostgreSQL ConnectionStrings__Default names a new, empty database.") { data, replace, place.Point };
        BackupCommands.Add(command, [.. place.Store, .. place.Opening]);
        command.SetAction((parsed, ct) => BackupCommands.Guard(async () =>
        {
            var folder = parsed.GetRequiredValue(data);
            await using var server = Compose(folder);
            using var store = place.Open(parsed);
            var point = await place.Find(parsed, store, place.Signer(parsed), ct);
            using var key = await place.Key(parsed, store, ct);
            var root = server.Services.GetRequiredService<DataFolder>().Root;
            if (!parsed.GetValue(replace) && ((string[])["chat.db", "secret.key"]).Any(f => File.Exists(Path.Combine(root, f))))
            {
                throw new RefusedException($"{root} holds a server's data. Name a new folder, or give --replace: then what is there is moved aside, not removed.");
            }

            using var told = new ProgressLine();
            var result = await server.Services.GetRequiredService<RestoreMaker>().Restore(root, store, point, key, server.Configuration.GetConnectionString("Default"), told, ct);
            told.Dispose();
            Console.WriteLine($"The backup of {Clock.Format(point.CreatedAt)} is restored into {root}: {result.Manifest.Tables.Sum(t => t.Rows)} rows, the logs of {result.Manifest.Rooms.Count} rooms, {result.Manifest.Blobs.Count} files, all compared with the backup.");
            if (result.Manifest.Missing.Count > 0)
            {
                Console.WriteLine($"{result.Manifest.Missing.Count} files had lost their bytes before the backup was made.");
            }

            if (result.Replaced is { } old)
            {
                Console.WriteLine($"What was there is in {old}. Remove it when you are sure.");
            }

            Console.WriteLine("Everybody has to log in again.");
            return 0;
        }));
        return command;
    }

    public static Command Drill()
    {
        var place = new BackupPlace();
        var scratch = new Option<string>("--scratch") { Description = "A folder on a disk with room for a whole copy; what the drill makes there is removed.", Required = true, HelpName = "folder" };
        var command = new Command("drill", "Rehearses a restore: into a scratch folder (and a scratch database), with all its checks, and away again.") { scratch, place.Point };
        BackupCommands.Add(command, [.. place.Store, .. place.Opening]);
        command.SetAction((parsed, ct) => BackupCommands.Guard(async () =>
        {
            await using var server = Compose(parsed.GetRequiredValue(scratch));
            using var store = place.Open(parsed);
            var point = await place.Find(parsed, store, place.Signer(parsed), ct);
            using var key = await place.Key(parsed, store, ct);
            using var told = new ProgressLine();
            var result = await server.Services.GetRequiredService<DrillMaker>().Rehearse(store, point, key, told, ct);
            told.Dispose();
            Console.WriteLine(result.Problem ?? result.How);
            return result.Problem is null ? 0 : BackupCommands.Damaged;
        }));
        return command;
    }

    /// <summary>The server's parts without its database, which may be the very thing that is broken.</summary>
    private static WebApplication Compose(string folder) =>
        Server.Build([$"--Data:Directory={folder}", "--Logging:LogLevel:Default=Warning", "--Logging:Console:LogToStandardErrorThreshold=Trace"]);
}
