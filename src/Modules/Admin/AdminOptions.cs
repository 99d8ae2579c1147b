using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Admin;

/// <summary>Section <c>Admin</c>.</summary>
internal sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>Days that entries of the audit log are kept. 0: for ever.</summary>
    [Range(0, 36_500)]
    public int AuditDays { get; set; } = 400;

    /// <summary>Days that runs of jobs are kept; of each job the last hundred stay longer.</summary>
    [Range(1, 3_650)]
    public int JobHistoryDays { get; set; } = 14;
}
