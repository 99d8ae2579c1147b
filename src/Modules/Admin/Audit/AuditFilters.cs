using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using Microsoft.AspNetCore.Mvc;

namespace ChatMonolith.Admin.Audit;

/// <summary>Which entries of the audit log are wanted.</summary>
internal sealed record AuditFilters
{
    /// <summary>Whole, or its beginning up to a dot, such as <c>user.</c>.</summary>
    [FromQuery]
    public string? Action { get; init; }

    /// <summary>Who did it.</summary>
    [FromQuery]
    public Guid? ActorId { get; init; }

    /// <summary>To whom or what.</summary>
    [FromQuery]
    public Guid? SubjectId { get; init; }

    /// <summary><c>ok</c>, <c>refused</c> or <c>failed</c>.</summary>
    [FromQuery]
    public string? Result { get; init; }

    [FromQuery]
    public DateTimeOffset? Before { get; init; }

    [FromQuery]
    public DateTimeOffset? After { get; init; }

    public Error? Problem =>
        Action is { Length: > AuditRow.MaxAction } || Action?.Contains('\0', StringComparison.Ordinal) == true ? Error.Validation("action", "No action has this name.")
        : Result is not (null or "ok" or "refused" or "failed") ? Error.Validation("result", "`result` is `ok`, `refused` or `failed`.")
        : null;

    /// <summary>An index finds them; else one request looks at a bounded number of rows.</summary>
    public bool AreIndexed => ActorId is not null || SubjectId is not null;

    public IQueryable<AuditRow> Of(IQueryable<AuditRow> rows)
    {
        rows = ActorId is { } actor ? rows.Where(r => r.ActorId == actor) : rows;
        rows = SubjectId is { } subject ? rows.Where(r => r.SubjectId == subject) : rows;
        if (Action is { Length: > 0 } action)
        {
            rows = action[^1] == '.' ? rows.Where(r => r.Action.StartsWith(action)) : rows.Where(r => r.Action == action);
        }

        if (Result is not null)
        {
            var result = Result switch { "ok" => AuditResult.Ok, "refused" => AuditResult.Refused, _ => AuditResult.Failed };
            rows = rows.Where(r => r.Result == result);
        }

        if (Before is { } before)
        {
            var at = before.ToUnixTimeMilliseconds();
            rows = rows.Where(r => r.At < at);
        }

        if (After is { } after)
        {
            var at = after.ToUnixTimeMilliseconds();
            rows = rows.Where(r => r.At >= at);
        }

        return rows;
    }
}

/// <summary>An entry as it is shown. <see cref="Hash"/> is in hex.</summary>
internal sealed record AuditView(
    long Seq, Instant At, string Action, Guid? ActorId, string Actor, string SubjectType, Guid? SubjectId, string Address, Guid? SessionId, AuditResult Result,
    IReadOnlyDictionary<string, string> Details, string Hash)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);

    public static AuditView Of(AuditRow r) => new(
        r.Seq, r.At, r.Action, r.ActorId, r.Actor, r.SubjectType, r.SubjectId, r.Address, r.SessionId, r.Result,
        r.Details.Length == 0 ? None : System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(r.Details, Json.Http) ?? None, Convert.ToHexStringLower(r.Hash));
}
