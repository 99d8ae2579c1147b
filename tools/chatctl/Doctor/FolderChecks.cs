using System.Globalization;
using ChatMonolith.Admin.Alerts;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>The data folder: there, writable, nobody else's, with room.</summary>
internal static class FolderChecks
{
    private const string Check = "folder";
    private const long MegaByte = 1024 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (!Directory.Exists(patient.Folder))
        {
            yield return Finding.Problem(Check, $"There is no data folder {patient.Folder}.", "Name the right one with --data, or start the server once: it makes the folder.");
            yield break;
        }

        yield return await Writable(patient.Folder, ct) is { } problem
            ? Finding.Problem(Check, $"{patient.Folder} cannot be written: {problem}", "Run this as the server's user, and give that user the folder: chown -R USER FOLDER.")
            : Finding.Ok(Check, $"{patient.Folder} is there and can be written.");
        if (!OperatingSystem.IsWindows())
        {
            yield return Modes(patient.Folder);
        }

        yield return Space(patient);
    }

    /// <returns>Why not; null when it can be.</returns>
    public static async Task<string?> Writable(string folder, CancellationToken ct)
    {
        var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllTextAsync(probe, "probe", ct);
            return await File.ReadAllTextAsync(probe, ct) == "probe" ? null : "what was written does not come back.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        finally
        {
            File.Delete(probe);
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static Finding Modes(string folder)
    {
        // What a thief would want first; the rest lies behind the folder's own mode.
        string[] secrets = ["secret.key", "chat.db", "chat.db-wal", "jobs.db", "backup-signing.key", "backup-drill.key"];
        var open = new List<string>();
        if ((File.GetUnixFileMode(folder) & Others) != UnixFileMode.None)
        {
            open.Add(folder);
        }

        open.AddRange(secrets.Select(name => Path.Combine(folder, name)).Where(path => File.Exists(path) && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None));
        return open.Count == 0
            ? Finding.Ok(Check, "Only its owner can read it.")
            : Finding.Problem(Check, $"Others than the owner may use {string.Join(", ", open)}.", $"chmod 0700 {folder}; chmod 0600 on the files. If others had the machine meanwhile, see \"secret.key has leaked\" in docs/operations/incidents.md.");
    }

    private static Finding Space(Patient patient)
    {
        var limits = patient.Options<AlertsOptions>() ?? new AlertsOptions();
        var free = new DriveInfo(patient.Folder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / MegaByte} MiB are free on its disk.");
        return free < limits.DiskDangerMegaBytes * MegaByte ? Finding.Problem("disk", text, "Free space or give the disk more: messages are refused when it is full.")
            : free < limits.DiskMegaBytes * MegaByte ? Finding.Warning("disk", text, "Free space or give the disk more; the bound is Alerts:DiskMegaBytes.")
            : Finding.Ok("disk", text);
    }
}
