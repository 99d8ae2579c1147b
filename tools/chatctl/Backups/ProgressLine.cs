using System.Globalization;
using ChatMonolith.Backups.Creating;

namespace ChatMonolith.Chatctl.Backups;

/// <summary>One line on standard error that tells how far it is; nothing where that is no terminal.</summary>
internal sealed class ProgressLine : IProgress<BackupProgress>, IDisposable
{
    private readonly bool shows = !Console.IsErrorRedirected;
    private long last;
    private bool wrote;

    public void Report(BackupProgress value)
    {
        var now = Environment.TickCount64;
        if (!shows || now - last < 200)
        {
            return;
        }

        last = now;
        wrote = true;
        var part = value.Total > 0 ? (100.0 * value.Done / value.Total).ToString("0", CultureInfo.InvariantCulture) + " %" : "";
        Console.Error.Write($"\r{value.Step} {part}   ");
    }

    public void Dispose()
    {
        if (wrote)
        {
            Console.Error.Write("\r                              \r");
            wrote = false;
        }
    }
}
