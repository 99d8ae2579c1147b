namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>Why a socket is closed (real-time contract, "Close codes"; RFC 6455, 7.4). The column says whether the client may come back by itself.</summary>
public readonly record struct CloseCode(ushort Code, string Reason, bool Reconnect)
{
    public static readonly CloseCode Normal = new(1000, "", true);
    public static readonly CloseCode GoingAway = new(1001, "server stopping", true);
    public static readonly CloseCode ProtocolError = new(1002, "broken framing", false);
    public static readonly CloseCode UnsupportedData = new(1003, "text frames only", false);
    public static readonly CloseCode InvalidUtf8 = new(1007, "invalid UTF-8", false);
    public static readonly CloseCode TooBig = new(1009, "frame too big", false);
    public static readonly CloseCode ServerFailed = new(1011, "server failed", true);
    public static readonly CloseCode Abuse = new(4400, "protocol abuse", false);
    public static readonly CloseCode SessionEnded = new(4403, "session ended", false);
    public static readonly CloseCode RoomGone = new(4404, "room gone", false);
    public static readonly CloseCode OutboxOverflow = new(4408, "reading too slowly", true);
    public static readonly CloseCode NoHeartbeat = new(4409, "no heartbeat", true);
    public static readonly CloseCode Flood = new(4429, "flood", true);
}
