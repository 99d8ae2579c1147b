using System.Diagnostics;
using System.Globalization;
using ChatMonolith.Backups.Format;
using Npgsql;

namespace ChatMonolith.Backups.Creating;

/// <summary>PostgreSQL's own programs. What they need to log in goes through their environment, where no process list shows it.</summary>
internal static class PostgresTools
{
    private const int MessageMax = 1000;

    public static Process Start(string folder, string program, NpgsqlConnectionStringBuilder connection, IEnumerable<string> arguments, bool readsInput)
    {
        var start = new ProcessStartInfo(Find(folder, program)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = readsInput };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Set(start, "PGHOST", connection.Host);
        Set(start, "PGPORT", connection.Port.ToString(CultureInfo.InvariantCulture));
        Set(start, "PGUSER", connection.Username);
        Set(start, "PGPASSWORD", connection.Password);
        Set(start, "PGPASSFILE", connection.Passfile);
        Set(start, "PGDATABASE", connection.Database);
        Set(start, "PGSSLROOTCERT", connection.RootCertificate);
        Set(start, "PGSSLMODE", connection.SslMode switch
        {
            SslMode.VerifyFull => "verify-full",
            SslMode.VerifyCA => "verify-ca",
            _ => connection.SslMode.ToString().ToLowerInvariant(),
        });
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BackupRefusedException($"{program} cannot be started: {e.Message}. Install PostgreSQL's client (Debian: apt-get install postgresql-client), or set Backup:PostgresTools to its folder.");
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="BackupRefusedException">It failed; with what it wrote.</exception>
    public static async Task Succeeded(Process process, string program, Task<string> errors, CancellationToken ct)
    {
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        var text = (await errors.ConfigureAwait(false)).Trim();
        if (process.ExitCode != 0)
        {
            throw new BackupRefusedException($"{program} failed ({process.ExitCode}): {(text.Length > MessageMax ? text[..MessageMax] : text)}");
        }
    }

    public static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static void Set(ProcessStartInfo start, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            start.Environment[name] = value;
        }
    }

    /// <summary>The path has the newest one on Debian; where a server of another version runs, its own programs lie in a folder of theirs.</summary>
    private static string Find(string folder, string program) => folder.Length == 0 ? program : Path.Combine(folder, program);
}
