using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Contracts.Admin;

/// <summary>The numbers are stored.</summary>
public enum AuditResult
{
    Ok = 0,

    /// <summary>Somebody wanted something that they may not, or could not prove who they are.</summary>
    Refused = 1,

    Failed = 2,
}

/// <summary>One thing that happened, for the audit log. Never a secret, and never what somebody wrote in a message.</summary>
/// <param name="Action">Such as <c>user.deactivated</c>: what it is about, a dot, what happened. At most 60 characters.</param>
/// <param name="ActorId">Who did it; null for the server itself, and for who could not say who they are.</param>
/// <param name="SubjectType">On whom or what, such as <c>user</c>; empty for the server as a whole.</param>
/// <param name="SubjectId">Which one.</param>
/// <param name="Address">From where.</param>
/// <param name="SessionId">By which session.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Details">Further names and values, 2,000 characters in all; longer values are cut.</param>
public sealed record AuditEvent(
    string Action,
    Guid? ActorId,
    string SubjectType = "",
    Guid? SubjectId = null,
    string Address = "",
    Guid? SessionId = null,
    AuditResult Result = AuditResult.Ok,
    IReadOnlyDictionary<string, string>? Details = null)
{
    public static AuditEvent By(Actor actor, string action, string subjectType, Guid? subjectId, params (string Name, string Value)[] details) =>
        new(action, actor.UserId, subjectType, subjectId, actor.Address, actor.SessionId, AuditResult.Ok, Of(details));

    public static IReadOnlyDictionary<string, string>? Of(params (string Name, string Value)[] details) =>
        details.Length == 0 ? null : details.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal);
}

/// <summary>The log of who did what to whom, which nobody can change unnoticed.</summary>
public interface IAuditLog
{
    /// <summary>
    /// Writes in the open transaction of <paramref name="within"/> (a context of one's own, or of a log transaction), so that the entry
    /// stands exactly if its cause is committed.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no open transaction.</exception>
    Task Append(ModuleDbContext within, AuditEvent entry, CancellationToken ct);

    /// <summary>
    /// For what changed nothing and so has no transaction, such as a refusal: written within a second. When far too many come at once,
    /// what is left out is counted and the count written.
    /// </summary>
    void Note(AuditEvent entry);
}
