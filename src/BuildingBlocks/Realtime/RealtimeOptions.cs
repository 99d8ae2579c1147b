using System.ComponentModel.DataAnnotations;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>Section <c>Realtime</c>.</summary>
public sealed class RealtimeOptions
{
    public const string Section = "Realtime";

    /// <summary>What may wait for one socket before it is closed with 4408.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public int OutboxBytes { get; set; } = 1024 * 1024;

    /// <summary>The largest message a client may send, all its fragments together.</summary>
    [Range(4096, 1024 * 1024)]
    public int MaxFrameBytes { get; set; } = 64 * 1024;

    [Range(1, 300)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>How long after a ping without any answer a socket is dead (4409).</summary>
    [Range(1, 300)]
    public int HeartbeatTimeoutSeconds { get; set; } = 15;

    /// <summary>How long a socket that asked for <c>resume=1</c> may wait with it (4400).</summary>
    [Range(1, 300)]
    public int ResumeWithinSeconds { get; set; } = 10;

    [Range(1, 10_000)]
    public int MaxConnectionsPerUser { get; set; } = 50;

    /// <summary>Sockets from one network address (IPv6: its /64): many people may stand behind one. Not kept to while <c>RateLimits:Enabled</c> is false.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 2000;

    /// <summary>Commands a second that one socket may send for long; a burst of five seconds' worth passes.</summary>
    [Range(1, 1_000_000)]
    public int CommandsPerSecond { get; set; } = 100;

    /// <summary>Commands of one socket that may wait for their commit at once.</summary>
    [Range(1, 1024)]
    public int PipelinedCommands { get; set; } = 64;

    /// <summary>How long a stopping server waits for sockets to drain.</summary>
    [Range(0, 60)]
    public int DrainSeconds { get; set; } = 5;
}
