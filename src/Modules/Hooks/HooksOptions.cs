using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.Hooks;

/// <summary>Section <c>Hooks</c>: addresses that are told what happens in a room.</summary>
internal sealed class HooksOptions
{
    public const string Section = "Hooks";

    /// <summary>False: nothing is sent, and no hook can be made.</summary>
    public bool Enabled { get; set; } = true;

    [Range(1, 100)]
    public int PerRoom { get; set; } = 10;

    /// <summary>How long an address may take to answer.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>How long a command's program may take for its whole answer, while somebody waits for it.</summary>
    [Range(1, 10)]
    public int CommandSeconds { get; set; } = 3;

    /// <summary>Commands that may wait for their programs at once, on this node.</summary>
    [Range(1, 1000)]
    public int CommandsAtOnce { get; set; } = 32;

    /// <summary>Of those, in one room: the others have the rest.</summary>
    [Range(1, 1000)]
    public int CommandsAtOncePerRoom { get; set; } = 4;

    /// <summary>The wait after a failure; each further one doubles it, to an hour.</summary>
    [Range(1, 3600)]
    public int RetrySeconds { get; set; } = 10;

    /// <summary>Failures in a row after which a hook is switched off.</summary>
    [Range(1, 100)]
    public int MostFailures { get; set; } = 12;

    /// <summary>Also calls addresses in private networks, and over plain HTTP: for receivers of one's own, and for tests.</summary>
    public bool AllowPrivateAddresses { get; set; }
}
