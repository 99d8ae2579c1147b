using System.Diagnostics.Metrics;
using ChatMonolith.BuildingBlocks.Telemetry;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>How large the database's files are, and how much room is left beside them.</summary>
public sealed class StorageFigures(Database database, DataFolder folder, DiskReserve reserve, ILogger<StorageFigures> logger) : IMeasured
{
    public void Measure(Meter meter)
    {
        meter.CreateObservableGauge("chat.disk.free", Free, "By", "Free space on the disk of the data folder");
        meter.CreateObservableGauge("chat.disk.full", () => reserve.IsSpent ? 1 : 0, "", "1 while messages are refused for want of space");
        if (database.IsSqlite)
        {
            meter.CreateObservableGauge("chat.database.size", () => SizeOf(database.SqlitePath), "By", "The SQLite file");
            meter.CreateObservableGauge("chat.database.journal.size", () => SizeOf(database.SqlitePath + "-wal"), "By", "Its write-ahead log");
        }
    }

    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private long Free()
    {
        try
        {
            return new DriveInfo(folder.Root).AvailableFreeSpace;
        }
        catch (IOException e)
        {
            logger.LogDebug(e, "The disk did not say how much is free");
            return 0;
        }
    }
}
