namespace ChatMonolith.Benchmark.Load;

internal enum ClientState
{
    Closed,
    Connecting,
    Upgrading,
    Open,
}

/// <summary>One WebSocket client of a <see cref="LoadLoop"/>; what it does with its frames is said by the scenario.</summary>
internal abstract class Client(SeededPerson person)
{
    public SeededPerson Person { get; } = person;

    /// <summary>The path of the next handshake.</summary>
    public string Path { get; set; } = "/ws";

    public ClientState State { get; set; }

    /// <summary>The server's hello has come.</summary>
    public bool IsGreeted { get; set; }

    public int Socket { get; set; } = -1;

    /// <summary>The place in the loop; -1 before the first connect.</summary>
    public int Id { get; set; } = -1;

    /// <summary>When the last connect began, as a timestamp.</summary>
    public long ConnectedAt { get; set; }

    /// <summary>What has been received of a frame whose end is still to come.</summary>
    public byte[] Part { get; set; } = [];

    public int PartLength { get; set; }

    /// <summary>What the kernel did not take yet.</summary>
    public byte[] Waiting { get; set; } = [];

    public int WaitingFrom { get; set; }

    public int WaitingLength { get; set; }

    /// <param name="frame">The payload of a text frame; valid during the call.</param>
    public abstract void Take(ReadOnlySpan<byte> frame);

    /// <summary>The connection has ended without our doing, or could not be made.</summary>
    public abstract void Lost(string why);
}
