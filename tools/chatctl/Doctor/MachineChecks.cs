using System.Globalization;
using System.Runtime.CompilerServices;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>What the machine gives a process of this user, and which programs it has.</summary>
internal static class MachineChecks
{
    private const long FewFiles = 4_096;

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        if (OperatingSystem.IsLinux())
        {
            // The runtime raises its own limit to the hard one.
            var line = (await File.ReadAllLinesAsync("/proc/self/limits", ct)).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
            var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(4);
            var limit = long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
            var text = limit == long.MaxValue ? "Files and sockets that a process here may open: no limit." : string.Create(CultureInfo.InvariantCulture, $"A process here may open {limit} files and sockets.");
            yield return limit < FewFiles
                ? Finding.Warning("limits", text, "Each socket is one: raise it (systemd: LimitNOFILE=65536; shells: ulimit -Hn).")
                : Finding.Ok("limits", text + " Under systemd the unit's LimitNOFILE counts.");
        }

        if (!bool.TryParse(patient.Configuration["Files:Thumbnails"], out var wanted) || wanted)
        {
            string[] programs = ["vipsthumbnail", "prlimit"];
            var missing = programs.Where(name => !IsOnPath(name)).ToList();
            yield return missing.Count == 0 ? Finding.Ok("thumbnails", "vipsthumbnail and prlimit are installed.")
                : Finding.Warning("thumbnails", $"{string.Join(" and ", missing)} cannot be found: the server makes no thumbnails.", "Debian: apt-get install libvips-tools util-linux; or set Files:Thumbnails to false.");
        }
    }

    private static bool IsOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name)));
}
