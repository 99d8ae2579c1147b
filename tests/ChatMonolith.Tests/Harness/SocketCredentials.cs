namespace ChatMonolith.Tests.Harness;

/// <summary>The ways in which a socket can say who opens it (real-time contract, "Connect").</summary>
/// <param name="Query">To be put into the address, or empty.</param>
/// <param name="Headers">To be sent with the handshake.</param>
public sealed record SocketCredentials(string Query, params (string Name, string Value)[] Headers)
{
    public static readonly SocketCredentials None = new("");

    public static SocketCredentials Ticket(string ticket) => new("ticket=" + Uri.EscapeDataString(ticket));

    public static SocketCredentials Bearer(string accessToken) => new("", ("Authorization", "Bearer " + accessToken));

    public static SocketCredentials Token(string accessToken) => new("token=" + Uri.EscapeDataString(accessToken));

    public static SocketCredentials Cookie(string cookie, string origin) => new("", ("Cookie", cookie), ("Origin", origin));

    public string PathAndQuery(bool resume = false, Guid? onlyRoom = null)
    {
        var query = string.Join('&', new[] { Query, resume ? "resume=1" : "" }.Where(q => q.Length > 0));
        return (onlyRoom is { } room ? $"/ws/rooms/{room}" : "/ws") + (query.Length > 0 ? "?" + query : "");
    }
}
