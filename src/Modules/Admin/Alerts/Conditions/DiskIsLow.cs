using System.Globalization;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts.Conditions;

/// <summary>The disk of the data folder. Over when a tenth more than the bound is free, so that one file does not end and raise it by turns.</summary>
internal sealed class DiskIsLow(DataFolder folder, DiskReserve reserve, IOptions<AlertsOptions> options) : ICondition
{
    private const long MegaByte = 1024 * 1024;

    public IReadOnlyList<string> Names { get; } = [AlertNames.DiskLow];

    public Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct)
    {
        var free = new DriveInfo(folder.Root).AvailableFreeSpace;
        var bound = options.Value.DiskMegaBytes * MegaByte;
        bound = open.Contains(AlertNames.DiskLow) ? bound + (bound / 10) : bound;
        var isDanger = reserve.IsSpent || free < options.Value.DiskDangerMegaBytes * MegaByte;
        IReadOnlyList<Finding> found = isDanger || free < bound
            ? [Finding.Of(AlertNames.DiskLow, isDanger ? AlertLevel.Danger : AlertLevel.Warning, ("bytes", free.ToString(CultureInfo.InvariantCulture)), ("free", Text(free)))]
            : [];
        return Task.FromResult(found);
    }

    private static string Text(long bytes) => bytes >= 1024 * MegaByte ? Finding.Number(bytes / (1024.0 * MegaByte)) + " GiB" : Finding.Number(bytes / (double)MegaByte) + " MiB";
}
