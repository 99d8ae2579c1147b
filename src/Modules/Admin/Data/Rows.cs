using ChatMonolith.Contracts.Admin;

namespace ChatMonolith.Admin.Data;

/// <summary>An entry of the audit log in its place. Never changed; removed from the front alone.</summary>
internal sealed class AuditRow
{
    public const int MaxAction = 60;
    public const int MaxActor = 32;
    public const int MaxSubjectType = 30;
    public const int MaxAddress = 45;
    public const int MaxDetails = 4_000;

    /// <summary>Dense, from 1.</summary>
    public long Seq { get; init; }

    public long At { get; init; }

    public string Action { get; init; } = "";

    public Guid? ActorId { get; init; }

    /// <summary>The actor's username at that time.</summary>
    public string Actor { get; init; } = "";

    public string SubjectType { get; init; } = "";

    public Guid? SubjectId { get; init; }

    public string Address { get; init; } = "";

    public Guid? SessionId { get; init; }

    public AuditResult Result { get; init; }

    /// <summary>A JSON object of texts, its names in order; empty for none.</summary>
    public string Details { get; init; } = "";

    /// <summary>SHA-256 over the entry before and this one's canonical form.</summary>
    public byte[] Hash { get; init; } = [];
}

/// <summary>An entry that was committed with its cause and has no place yet.</summary>
internal sealed class OwedAuditRow
{
    public Guid Id { get; init; }

    public long At { get; init; }

    public string Action { get; init; } = "";

    public Guid? ActorId { get; init; }

    public string SubjectType { get; init; } = "";

    public Guid? SubjectId { get; init; }

    public string Address { get; init; } = "";

    public Guid? SessionId { get; init; }

    public AuditResult Result { get; init; }

    public string Details { get; init; } = "";
}

/// <summary>Where the chain begins and ends; the one row that is locked by whoever appends.</summary>
internal sealed class AuditHeadRow
{
    public const int TheKey = 1;

    public int Key { get; init; } = TheKey;

    /// <summary>The last entry's number; 0 before the first.</summary>
    public long Seq { get; set; }

    public byte[] Hash { get; set; } = [];

    /// <summary>The first entry that is still there.</summary>
    public long FirstSeq { get; set; } = 1;

    /// <summary>The hash of the entry before it: what the chain begins with after retention.</summary>
    public byte[] FirstBefore { get; set; } = [];

    /// <summary>HMAC-SHA-256 of all this under a key of the server's, which does not lie in the database.</summary>
    public byte[] Mac { get; set; } = [];
}

/// <summary>A value that an admin set while the server ran.</summary>
internal sealed class SettingRow
{
    public const int MaxKey = 80;
    public const int MaxValue = 2_000;

    public string Key { get; init; } = "";

    public string Value { get; set; } = "";

    public Guid SetBy { get; set; }

    public long SetAt { get; set; }
}

internal enum RunResult
{
    Running = 0,
    Succeeded = 1,
    Failed = 2,

    /// <summary>The server ended while it ran.</summary>
    Interrupted = 3,
}

internal enum RunTrigger
{
    Schedule = 0,
    Manual = 1,
    Retry = 2,
}

/// <summary>One run of a job.</summary>
internal sealed class JobRunRow
{
    public const int MaxJob = 80;
    public const int MaxNode = 80;
    public const int MaxError = 1_000;

    public Guid Id { get; init; }

    public string Job { get; init; } = "";

    public long StartedAt { get; init; }

    public long? EndedAt { get; set; }

    public RunResult Result { get; set; }

    public string? Error { get; set; }

    public string Node { get; init; } = "";

    public RunTrigger Trigger { get; init; }

    public int Attempt { get; init; } = 1;
}

/// <summary>A job that an admin has paused.</summary>
internal sealed class PausedJobRow
{
    public string Job { get; init; } = "";

    public long Since { get; init; }
}

/// <summary>One value of a series at one time; coarser steps are made of finer ones.</summary>
internal sealed class SampleRow
{
    public const int MaxSeries = 40;

    public string Series { get; init; } = "";

    /// <summary>Seconds.</summary>
    public int Step { get; init; }

    public long At { get; init; }

    /// <summary>The mean over the step.</summary>
    public double Value { get; init; }

    public double Max { get; init; }
}
