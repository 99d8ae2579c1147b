using System.Globalization;

namespace ChatMonolith.Benchmark;

/// <summary>A process's memory as <c>/proc/PID/smaps</c> tells it.</summary>
internal static class MemoryMap
{
    /// <returns>KiB that are resident in the largest run of mappings without a file that follow each other without a gap.</returns>
    public static double ResidentOfLargestRange(int process)
    {
        var (end, size, resident) = (0UL, 0UL, 0.0);
        var largest = (Size: 0UL, Resident: 0.0);
        foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/smaps")))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Split('-') is [var from, var to] && ulong.TryParse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var begins))
            {
                var ends = ulong.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (begins != end || words.Length > 5)
                {
                    (size, resident) = (0, 0);
                }

                size += ends - begins;
                end = words.Length > 5 ? 0 : ends;
            }
            else if (words[0] == "Rss:")
            {
                resident += double.Parse(words[1], CultureInfo.InvariantCulture);
                largest = size >= largest.Size ? (size, resident) : largest;
            }
        }

        return largest.Resident;
    }
}
