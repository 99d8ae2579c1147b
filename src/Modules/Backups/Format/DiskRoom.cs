using System.Globalization;

namespace ChatMonolith.Backups.Format;

/// <summary>Copies are made on the disk that people's messages go to: one that would fill it is not begun.</summary>
internal static class DiskRoom
{
    /// <summary>What is left to everybody else meanwhile; more than the server's own reserve for a full disk.</summary>
    private const long Margin = 128L * 1024 * 1024;

    /// <param name="folder">Where the copy goes.</param>
    /// <param name="bytes">How large it becomes.</param>
    /// <param name="what">What it is, for people.</param>
    /// <exception cref="BackupRefusedException">There is not as much, and a margin, free.</exception>
    public static void Require(string folder, long bytes, string what)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free - Margin < bytes)
        {
            throw new BackupRefusedException(string.Create(CultureInfo.InvariantCulture, $"{what} takes {InMegaBytes(bytes)} MiB, and with {InMegaBytes(Margin)} MiB to be left to others the disk of {folder} has not as much: {InMegaBytes(free)} MiB are free. Free some space there first."));
        }
    }

    private static long InMegaBytes(long bytes) => (bytes / 1024 / 1024) + (bytes % (1024 * 1024) == 0 ? 0 : 1);
}
