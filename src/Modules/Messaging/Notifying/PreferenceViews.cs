using System.Globalization;
using System.Text.Json;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;

namespace ChatMonolith.Messaging.Notifying;

/// <param name="InApp">A notification is made.</param>
/// <param name="Push">It is sent to the person's devices.</param>
/// <param name="Mail">Kept for the day on which the server mails.</param>
internal sealed record KindPreference(bool? InApp, bool? Push, bool? Mail);

/// <param name="Enabled">Whether it is in force.</param>
/// <param name="From">HH:MM in <paramref name="TimeZone"/>; when it is later than <paramref name="To"/>, the night between is meant.</param>
/// <param name="To">HH:MM.</param>
/// <param name="TimeZone">An IANA name.</param>
internal sealed record QuietHours(bool? Enabled, string? From, string? To, string? TimeZone);

/// <summary>What a person wants to be told of, and where; the kinds by their wire names.</summary>
internal sealed record PreferenceView(IReadOnlyDictionary<string, KindPreference>? Kinds, QuietHours? DoNotDisturb);

internal static class PreferenceViews
{
    private const string ClockFormat = "hh\\:mm";

    public static string NameOf(NotificationKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    public static NotificationKind? KindOf(string name) =>
        PreferenceRow.Kinds.Where(k => NameOf(k) == name).Select(k => (NotificationKind?)k).FirstOrDefault();

    public static bool TryReadClock(string text, out int minutes)
    {
        var isClock = TimeSpan.TryParseExact(text, ClockFormat, CultureInfo.InvariantCulture, out var time) && time < TimeSpan.FromDays(1);
        minutes = isClock ? (int)time.TotalMinutes : 0;
        return isClock;
    }

    public static PreferenceView Of(PreferenceRow row) => new(
        PreferenceRow.Kinds.ToDictionary(
            NameOf,
            kind => new KindPreference(kind is not NotificationKind.Direct && Has(row.InApp, kind), Has(row.Push, kind), Has(row.Mail, kind)),
            StringComparer.Ordinal),
        new QuietHours(row.DoNotDisturb, Clock(row.QuietFrom), Clock(row.QuietTo), row.Zone));

    /// <summary>What the view leaves out stays.</summary>
    public static void Apply(PreferenceView view, PreferenceRow row)
    {
        foreach (var (name, wish) in view.Kinds ?? new Dictionary<string, KindPreference>(StringComparer.Ordinal))
        {
            var bit = PreferenceRow.Bit(KindOf(name)!.Value);
            row.InApp = Set(row.InApp, bit, wish.InApp);
            row.Push = Set(row.Push, bit, wish.Push);
            row.Mail = Set(row.Mail, bit, wish.Mail);
        }

        if (view.DoNotDisturb is { } quiet)
        {
            row.DoNotDisturb = quiet.Enabled ?? row.DoNotDisturb;
            row.QuietFrom = quiet.From is { } from && TryReadClock(from, out var begin) ? begin : row.QuietFrom;
            row.QuietTo = quiet.To is { } to && TryReadClock(to, out var end) ? end : row.QuietTo;
            row.Zone = quiet.TimeZone ?? row.Zone;
        }
    }

    /// <summary>Whether <paramref name="at"/> (UTC milliseconds) is within the person's quiet hours.</summary>
    public static bool IsQuiet(PreferenceRow row, long at)
    {
        if (!row.DoNotDisturb || !TimeZoneInfo.TryFindSystemTimeZoneById(row.Zone, out var zone))
        {
            return false;
        }

        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);
        var minute = (local.Hour * 60) + local.Minute;
        return row.QuietFrom <= row.QuietTo
            ? minute >= row.QuietFrom && minute < row.QuietTo
            : minute >= row.QuietFrom || minute < row.QuietTo;
    }

    private static bool Has(int bits, NotificationKind kind) => (bits & PreferenceRow.Bit(kind)) != 0;

    private static int Set(int bits, int bit, bool? wish) => wish switch { true => bits | bit, false => bits & ~bit, null => bits };

    private static string Clock(int minutes) => TimeSpan.FromMinutes(minutes).ToString(ClockFormat, CultureInfo.InvariantCulture);
}
