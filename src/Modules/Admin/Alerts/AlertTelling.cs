using System.Globalization;
using System.Text.Json;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts;

internal enum AlertNews
{
    Raised,

    /// <summary>It goes on, or got worse.</summary>
    Lasts,

    Over,
}

/// <summary>Writes what an alert owes to each channel, in the transaction of its change.</summary>
internal sealed class AlertTelling(IMailOutbox outbox, IPeople people, IConfiguration configuration, IOptions<AlertsOptions> options, TimeProvider time)
{
    /// <summary>Who gets letters. Asked before the transaction, which holds the database's one place for writing.</summary>
    public async Task<IReadOnlyList<Addressee>> Addressees(CancellationToken ct)
    {
        if (!options.Value.Mail || !outbox.Works)
        {
            return [];
        }

        IEnumerable<Addressee> to = options.Value.Addresses is { Count: > 0 } set ? set.Select(a => new Addressee(a, "")) : await people.Admins(ct);
        return [.. to.Where(a => outbox.Takes(a.Email))];
    }

    public async Task Owe(AdminDb db, AlertRow row, AlertNews news, IReadOnlyList<Addressee> to, CancellationToken ct)
    {
        foreach (var addressee in to)
        {
            await outbox.Post(db, new Letter(KindOf(news), addressee.Email, addressee.Language, ValuesOf(row)), ct);
        }

        if (options.Value.Webhook.Length > 0)
        {
            var now = time.Now();
            db.AlertPosts.Add(new AlertPostRow { Id = Guid.CreateVersion7(time.GetUtcNow()), AlertId = row.Id, Body = JsonSerializer.Serialize(Post(row, news, now), Json.Http), CreatedAt = now, NextAt = now });
            await db.SaveChangesAsync(ct);
        }
    }

    private static LetterKind KindOf(AlertNews news) => news switch
    {
        AlertNews.Raised => LetterKind.AlertRaised,
        AlertNews.Lasts => LetterKind.AlertLasts,
        _ => LetterKind.AlertOver,
    };

    /// <summary>The names of phrases, which letters have in their reader's language, and what those fill in.</summary>
    private static Dictionary<string, string> ValuesOf(AlertRow row)
    {
        var values = AlertView.FactsOf(row).ToDictionary(f => f.Key, f => Readable(f.Value), StringComparer.Ordinal);
        values["alert"] = "alert." + row.Name;
        values["finding"] = $"alert.{row.Name}.finding";
        values["advice"] = $"alert.{row.Name}.advice";
        values["since"] = Readable(Clock.Format(row.OpenedAt));
        values["ended"] = row.EndedAt is { } ended ? Readable(Clock.Format(ended)) : "";
        values["link"] = "/admin";
        return values;
    }

    private static string Readable(string fact) =>
        fact.Length == Clock.FormattedLength && DateTimeOffset.TryParseExact(fact, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : fact;

    private AlertPost Post(AlertRow row, AlertNews news, long now) => new(
        "alert", row.Id, row.Name, AlertNames.Titles.GetValueOrDefault(row.Name, row.Name), news, row.Level, AlertView.FactsOf(row), row.OpenedAt, Instant.From(row.EndedAt), now,
        configuration["Server:Name"] is { Length: > 0 } name ? name : "ChatMonolith", configuration["Server:PublicUrl"] ?? "");

    private sealed record AlertPost(
        string Type, Guid Id, string Name, string Title, AlertNews News, AlertLevel Level, IReadOnlyDictionary<string, string> Facts, Instant OpenedAt, Instant? EndedAt, Instant At, string Server, string Address);
}
