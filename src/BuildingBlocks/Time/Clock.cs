using System.Globalization;

namespace ChatMonolith.BuildingBlocks.Time;

/// <summary>Times are stored as UTC milliseconds since 1970 and written as RFC 3339 with milliseconds.</summary>
public static class Clock
{
    /// <summary>Length of <see cref="Format(long)"/>: <c>2026-01-02T03:04:05.678Z</c>.</summary>
    public const int FormattedLength = 24;

    public static long Now(this TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static string Format(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static void Format(long unixMilliseconds, Span<byte> destination) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds)
            .TryFormat(destination, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
