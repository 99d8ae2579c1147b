using System.Globalization;
using System.Net;
using System.Text;

namespace ChatMonolith.Benchmark.Growth;

/// <summary>
/// Draws lines over a logarithmic x axis and a y axis from 0 as an SVG that stands alone, on a light page and on a dark one. A series'
/// name stands at its line's end as well as in the table beside it, so that colour is not all that tells them apart.
/// </summary>
internal static class Plot
{
    private const double Width = 760;
    private const double Height = 360;
    private const double Left = 76;
    private const double Right = 560;
    private const double Top = 44;
    private const double Bottom = 306;
    private const double LabelHeight = 15;
    private static readonly string[] Colours = ["#3b82f6", "#e4572e", "#2a9d5c", "#b05cc9", "#c08a00", "#1aa3a3", "#d6457a", "#7c7c7c", "#6b8e23", "#8c6d5a"];

    /// <param name="points">Lines of series, x and y with tabs between; x above 0, ascending within a series.</param>
    /// <param name="svg">Where to.</param>
    /// <param name="title">The title.</param>
    /// <param name="xLabel">What x is.</param>
    /// <param name="yLabel">What y is.</param>
    public static int Draw(string points, string svg, string title, string xLabel, string yLabel)
    {
        var series = File.ReadLines(points).Select(l => l.Split('\t'))
            .GroupBy(w => w[0], w => (X: double.Parse(w[1], CultureInfo.InvariantCulture), Y: double.Parse(w[2], CultureInfo.InvariantCulture)), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        var all = series.Values.SelectMany(p => p).ToArray();
        var (low, high) = (Math.Floor(Math.Log10(all.Min(p => p.X))), Math.Ceiling(Math.Log10(all.Max(p => p.X))));
        var axes = new Axes(low, Math.Max(high, low + 1), NiceStep(all.Max(p => p.Y)));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Escape(title)}\">\n")
            .Append("<style>text{font:12px system-ui,sans-serif;fill:#333}.t{font-size:15px;font-weight:600}.g{stroke:#8886;stroke-width:1}.l{fill:none;stroke-width:2}")
            .Append("@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>\n");
        Text(text, Left, 22, "start", title, "t");
        DrawAxes(text, axes, xLabel, yLabel);
        DrawSeries(text, axes, series);
        File.WriteAllText(svg, text.Append("</svg>\n").ToString());
        return 0;
    }

    private static void DrawAxes(StringBuilder text, Axes axes, string xLabel, string yLabel)
    {
        for (var i = 0; i <= Axes.Steps; i++)
        {
            var y = axes.Y(i * axes.Step);
            Line(text, Left, y, Right, y);
            Text(text, Left - 8, y + 4, "end", Short(i * axes.Step));
        }

        for (var power = axes.Low; power <= axes.High; power++)
        {
            var x = axes.X(Math.Pow(10, power));
            Line(text, x, Top, x, Bottom);
            Text(text, x, Bottom + 18, "middle", Short(Math.Pow(10, power)));
        }

        Text(text, (Left + Right) / 2, Height - 12, "middle", xLabel);
        text.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(18 {(Top + Bottom) / 2:F0}) rotate(-90)\" text-anchor=\"middle\">{Escape(yLabel)}</text>\n");
    }

    private static void DrawSeries(StringBuilder text, Axes axes, Dictionary<string, (double X, double Y)[]> series)
    {
        var index = 0;
        var free = double.MaxValue;
        foreach (var (name, points) in series.OrderBy(s => s.Value[^1].Y))
        {
            var colour = Colours[index++ % Colours.Length];
            var path = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{axes.X(p.X):F1},{axes.Y(p.Y):F1}")));
            text.Append(CultureInfo.InvariantCulture, $"<polyline class=\"l\" stroke=\"{colour}\" points=\"{path}\"/>\n");
            foreach (var point in points)
            {
                text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{axes.X(point.X):F1}\" cy=\"{axes.Y(point.Y):F1}\" r=\"3\" fill=\"{colour}\"/>\n");
            }

            // From the lowest line upwards, none over another's name.
            var end = axes.Y(points[^1].Y);
            free = Math.Min(end, free - LabelHeight);
            text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{axes.X(points[^1].X) + 4:F1},{end:F1} L{Right + 12:F1},{free:F1}\" stroke=\"{colour}\" stroke-dasharray=\"2 3\" fill=\"none\"/>\n");
            Text(text, Right + 16, free + 4, "start", name);
        }
    }

    private static void Line(StringBuilder text, double x1, double y1, double x2, double y2) =>
        text.Append(CultureInfo.InvariantCulture, $"<line class=\"g\" x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\"/>\n");

    private static void Text(StringBuilder text, double x, double y, string anchor, string what, string kind = "")
    {
        var attribute = kind.Length == 0 ? "" : $" class=\"{kind}\"";
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\"{attribute}>{Escape(what)}</text>\n");
    }

    /// <summary>1, 2 or 5 times a power of ten, so that so many steps hold the largest value.</summary>
    private static double NiceStep(double largest)
    {
        var rough = Math.Max(largest, 1e-9) / Axes.Steps;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * new[] { 1.0, 2, 2.5, 5, 10 }.First(f => f * power >= rough * 0.999);
    }

    private static string Short(double value) => value switch
    {
        >= 1_000_000 => (value / 1_000_000).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1_000 => (value / 1_000).ToString("0.##", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <param name="Low">The power of ten at which x begins.</param>
    /// <param name="High">And where it ends.</param>
    /// <param name="Step">Between two lines across.</param>
    private sealed record Axes(double Low, double High, double Step)
    {
        public const int Steps = 5;

        public double X(double x) => Left + ((Right - Left) * (Math.Log10(x) - Low) / (High - Low));

        public double Y(double y) => Bottom - ((Bottom - Top) * y / (Step * Steps));
    }
}
