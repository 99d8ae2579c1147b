using System.Globalization;
using System.Text;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>What a load test found. Times in milliseconds; null where nothing was measured.</summary>
internal sealed record LoadReport(
    int Sockets,
    double ConnectSeconds,
    double Seconds,
    long Sent,
    long Acknowledged,
    long Deliveries,
    double MessagesPerSecond,
    double DeliveriesPerSecond,
    double? AckP50,
    double? AckP99,
    double? DeliveryP50,
    double? DeliveryP99,
    long Lost,
    long Doubled,
    long OutOfOrder,
    long Unanswered,
    int SocketsClosed,
    IReadOnlyDictionary<string, int> Refused)
{
    /// <summary>Every promise that was looked at holds. A refusal with a code breaks none.</summary>
    public bool Sound => this is { Lost: 0, Doubled: 0, OutOfOrder: 0, Unanswered: 0, SocketsClosed: 0, Acknowledged: > 0 };

    public static async Task<LoadReport> Of(Crowd crowd, TimeSpan connecting, TimeSpan sending, CancellationToken ct)
    {
        var figures = crowd.Figures;
        long lost = figures.Lost;
        long doubled = figures.Unexpected;
        foreach (var room in crowd.Rooms)
        {
            // What never came: the members' sockets end before the last acknowledged entry, or the log itself does not hold it.
            lost += crowd.SocketsOf(room).Sum(s => Math.Max(0, room.Highest - s.LastSeq(room)));
            var log = await crowd.ReadLog(room, ct);
            lost += room.MissingIn(log);
            doubled += room.Doubled + log.Count - log.Values.Distinct(StringComparer.Ordinal).Count();
        }

        long acknowledged = crowd.Rooms.Sum(r => r.Acknowledged);
        var seconds = sending.TotalSeconds;
        return new LoadReport(
            crowd.Sockets.Count, Round(connecting.TotalSeconds), Round(seconds), figures.Sent, acknowledged, figures.Deliveries.Count,
            Round(acknowledged / seconds), Round(figures.Deliveries.Count / seconds),
            figures.Acks.Percentile(0.5), figures.Acks.Percentile(0.99), figures.Deliveries.Percentile(0.5), figures.Deliveries.Percentile(0.99),
            lost, doubled, figures.OutOfOrder, crowd.Sockets.Sum(s => s.Owed), crowd.Sockets.Count(s => !s.IsOpen), figures.Refusals);
    }

    public string Table()
    {
        var table = new StringBuilder();
        Line("sockets", $"{Sockets} in {ConnectSeconds} s");
        Line("sent", $"{Sent} in {Seconds} s, {Acknowledged} acknowledged");
        Line("messages/s", $"{MessagesPerSecond}");
        Line("deliveries/s", $"{DeliveriesPerSecond}");
        Line("ack", $"p50 {AckP50} ms, p99 {AckP99} ms");
        Line("delivery", $"p50 {DeliveryP50} ms, p99 {DeliveryP99} ms");
        Line("lost", $"{Lost}");
        Line("doubled", $"{Doubled}");
        Line("out of order", $"{OutOfOrder}");
        Line("unanswered", $"{Unanswered}");
        Line("sockets closed", $"{SocketsClosed}");
        Line("refused", $"{(Refused.Count == 0 ? "0" : string.Join(", ", Refused.Select(r => r.Value + " " + r.Key)))}");
        return table.Append(Sound ? "Every promise held." : "A promise is broken.").ToString();

        void Line(string name, FormattableString value) => table.Append(name.PadRight(16)).AppendLine(value.ToString(CultureInfo.InvariantCulture));
    }

    private static double Round(double value) => Math.Round(value, 2);
}
