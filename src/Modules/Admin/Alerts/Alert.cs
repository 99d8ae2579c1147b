using System.Globalization;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.Admin.Alerts;

/// <summary>The numbers are stored.</summary>
internal enum AlertLevel
{
    Warning = 1,
    Danger = 2,
}

/// <param name="Name">One of <see cref="AlertNames"/>.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Facts">By names of small letters; numbers and times as everywhere in the API.</param>
internal sealed record Finding(string Name, AlertLevel Level, IReadOnlyDictionary<string, string> Facts)
{
    private const int MaxText = 700;

    public static Finding Of(string name, AlertLevel level, params (string Name, string Value)[] facts) =>
        new(name, level, facts.ToDictionary(f => f.Name, f => f.Value.Length > MaxText ? f.Value[..MaxText] : f.Value, StringComparer.Ordinal));

    /// <summary>As it is stored: whole where it fits, else with its longest texts cut. What JSON escapes counts as it is written.</summary>
    public string ToJson()
    {
        var facts = new Dictionary<string, string>(Facts, StringComparer.Ordinal);
        string json;
        while ((json = JsonSerializer.Serialize(facts, Json.Http)).Length > AlertRow.MaxFacts)
        {
            var (name, text) = facts.MaxBy(f => f.Value.Length);
            facts[name] = text[..(text.Length * 3 / 4)];
        }

        return json;
    }

    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <summary>Something that can be wrong with the server, judged from what it knows anyway.</summary>
internal interface ICondition
{
    /// <summary>What it may find; whatever of it is not found is over.</summary>
    IReadOnlyList<string> Names { get; }

    /// <param name="open">What is raised now: what has hardly got better is not over.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<Finding>> Judge(IReadOnlySet<string> open, CancellationToken ct);
}

/// <summary>All alerts that there are. Their texts in the languages of people stand beside the letters and in the client.</summary>
internal static class AlertNames
{
    public const string Audit = "audit";
    public const string BackupFailed = "backup-failed";
    public const string BackupLate = "backup-late";
    public const string Certificate = "certificate";
    public const string DiskLow = "disk-low";
    public const string DrillFailed = "drill-failed";
    public const string DrillLate = "drill-late";
    public const string Errors = "errors";
    public const string MailStuck = "mail-stuck";
    public const string VerificationFailed = "verification-failed";

    /// <summary>What programs are told beside the name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Titles = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Audit] = "The check of the audit log failed",
        [BackupFailed] = "The last backup failed",
        [BackupLate] = "There is no backup from the time that the schedule promises",
        [Certificate] = "The server's certificate is near its end",
        [DiskLow] = "Little space is left on the disk",
        [DrillFailed] = "The last restore drill failed",
        [DrillLate] = "There is no restore drill from the time that the schedule promises",
        [Errors] = "Many requests fail",
        [MailStuck] = "Mail is stuck",
        [VerificationFailed] = "The last verification of a backup failed",
    };
}
