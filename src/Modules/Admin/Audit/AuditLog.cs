using System.Text.Json;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Database = ChatMonolith.BuildingBlocks.Persistence.Database;

namespace ChatMonolith.Admin.Audit;

/// <summary>
/// One statement on the caller's own connection: a context of this module could not join every transaction. The entry gets its place in
/// the chain after the commit (<see cref="AuditSealing"/>), so that no two causes wait for each other.
/// </summary>
internal sealed class AuditLog(Database database, AuditSealing sealing, TimeProvider time) : IAuditLog
{
    private const int MaxDetail = 300;

    private const string Insert =
        """
        INSERT INTO admin_audit_owed (id, at, action, actor_id, subject_type, subject_id, address, session_id, result, details)
        VALUES (@id, @at, @action, @actor, @type, @subject, @address, @session, @result, @details)
        """;

    public async Task Append(ModuleDbContext within, AuditEvent entry, CancellationToken ct)
    {
        if (within.Database.CurrentTransaction?.GetDbTransaction() is not { } transaction)
        {
            throw new InvalidOperationException("An audit entry belongs to a transaction: open it first.");
        }

        var row = ToRow(entry, time);
        await using var command = within.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction;
        command.CommandText = Insert;
        command.With("@id", database.Id(row.Id)).With("@at", row.At).With("@action", row.Action).With("@actor", database.IdOrNull(row.ActorId)).With("@type", row.SubjectType)
            .With("@subject", database.IdOrNull(row.SubjectId)).With("@address", row.Address).With("@session", database.IdOrNull(row.SessionId)).With("@result", (int)row.Result).With("@details", row.Details);
        await command.ExecuteNonQueryAsync(ct);
        sealing.Signal();
    }

    public void Note(AuditEvent entry) => sealing.Add(ToRow(entry, time));

    public static OwedAuditRow ToRow(AuditEvent e, TimeProvider time) => new()
    {
        Id = Guid.CreateVersion7(time.GetUtcNow()),
        At = time.Now(),
        Action = Cut(e.Action, AuditRow.MaxAction),
        ActorId = e.ActorId,
        SubjectType = Cut(e.SubjectType, AuditRow.MaxSubjectType),
        SubjectId = e.SubjectId,
        Address = Cut(e.Address, AuditRow.MaxAddress),
        SessionId = e.SessionId,
        Result = e.Result,
        Details = DetailsOf(e.Details),
    };

    /// <summary>Bounded, its names in order, without control characters: they are shown in one line.</summary>
    private static string DetailsOf(IReadOnlyDictionary<string, string>? details)
    {
        if (details is null || details.Count == 0)
        {
            return "";
        }

        var bounded = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var left = 2_000;
        foreach (var (name, value) in details.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var shown = Cut(value, Math.Min(MaxDetail, left));
            left -= shown.Length + name.Length;
            if (left < 0)
            {
                break;
            }

            bounded[name] = shown;
        }

        var json = JsonSerializer.Serialize(bounded, Json.Http);
        return json.Length <= AuditRow.MaxDetails ? json : """{"cut":"true"}""";
    }

    private static string Cut(string text, int length)
    {
        var bounded = text.Length > length ? text[..Math.Max(0, length)] : text;
        if (bounded.Length > 0 && char.IsHighSurrogate(bounded[^1]))
        {
            bounded = bounded[..^1];
        }

        return string.Create(bounded.Length, bounded, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '\uFFFD' : source[i];
            }
        });
    }
}
