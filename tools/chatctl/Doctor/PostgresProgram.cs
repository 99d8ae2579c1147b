using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ChatMonolith.Backups;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>Backups of a PostgreSQL need its <c>pg_dump</c>, not older than the server.</summary>
internal static partial class PostgresProgram
{
    public static async IAsyncEnumerable<Finding> Check(Patient patient, int server, [EnumeratorCancellation] CancellationToken ct)
    {
        if (patient.Options<BackupsOptions>() is not { Works: true } backups)
        {
            yield break;
        }

        var program = backups.PostgresTools.Length == 0 ? "pg_dump" : Path.Combine(backups.PostgresTools, "pg_dump");
        var version = await Version(program, ct);
        yield return version is null ? Finding.Problem("pg_dump", $"{program} cannot be started: there will be no backups.", "Install PostgreSQL's client (Debian: apt-get install postgresql-client), or set Backup:PostgresTools to its folder.")
            : version < server ? Finding.Problem("pg_dump", string.Create(CultureInfo.InvariantCulture, $"{program} is of version {version}, the server of {server}: it refuses to back it up."), "Install the client of the server's version, and set Backup:PostgresTools to its folder.")
            : Finding.Ok("pg_dump", string.Create(CultureInfo.InvariantCulture, $"{program} is of version {version}."));
    }

    private static async Task<int?> Version(string program, CancellationToken ct)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
            var text = await process.StandardOutput.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return Number().Match(text) is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex("[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
