using System.Globalization;

namespace ChatMonolith.Benchmark.Capacity;

/// <summary>The plan for each size of town beside its simulation, as tables.</summary>
internal static class CapacityReport
{
    private const double Seconds = 10;
    private const double Agreement = 0.05;

    /// <returns>1 when the two do not agree.</returns>
    public static int Write(IEnumerable<double> people, int seed)
    {
        var plans = people.Select(p => Plan.For(new Town(p))).ToArray();
        Row($"| | {string.Join(" | ", plans.Select(p => $"{p.Town.People.ToString("#,0", CultureInfo.InvariantCulture)} people"))} |");
        Row($"| --- |{string.Concat(plans.Select(_ => " --- |"))}");
        All("sockets at the peak", p => F(p.Town.Sockets));
        All("messages a second at the peak", p => F(p.Town.MessagesASecond));
        All("deliveries a second at the peak", p => F(p.Town.MessagesASecond * p.DeliveriesForAMessage));
        All("other works a second", p => F(p.Town.WorksASecond));
        All("**PostgreSQL servers, rooms spread among them**", p => F(p.Databases));
        All($"**nodes of {Plan.CoresOfANode} cores, one of them spare**", p => F(p.Nodes));
        All("a node: memory for connections, GB", p => F(p.NodeGigabytes));
        All("a node: sent, Mbit/s", p => F(p.NodeMegabits));
        All("a PostgreSQL server: cores for inserting", p => F(p.DatabaseCores));
        All("stored in a year of 250 days, GB", p => F(p.StoredGigabytesAYear));
        All("write-ahead log a day, GB", p => F(p.WalGigabytesADay));
        Row($"");
        Row($"| computed / simulated | {string.Join(" | ", plans.Select(p => $"{p.Town.People.ToString("#,0", CultureInfo.InvariantCulture)} people"))} |");
        Row($"| --- |{string.Concat(plans.Select(_ => " --- |"))}");
        var lived = plans.Select(p => new Simulation(p, seed).Live()).ToArray();
        var commits = plans.Select(p => new Simulation(p, seed).Commit(Seconds)).ToArray();
        Both("deliveries for a message", i => (plans[i].DeliveriesForAMessage, lived[i].Deliveries));
        Both("other nodes that a message goes to", i => (plans[i].OtherNodes, lived[i].OtherNodes));
        Both("a node's load", i => (plans[i].NodeLoad, lived[i].NodeLoad));
        Both("time at which a work has the log alone", i => (plans[i].LogLoad, commits[i].Alone));
        Row($"| sent to durable, ms: median, p99 (simulated) | {string.Join(" | ", commits.Select(c => $"{F(c.Median)}, {F(c.P99)}"))} |");
        var differ = Enumerable.Range(0, plans.Length).Where(i => !IsNear(plans[i].DeliveriesForAMessage, lived[i].Deliveries) || !IsNear(plans[i].NodeLoad, lived[i].NodeLoad) || !IsNear(plans[i].LogLoad, commits[i].Alone)).ToArray();
        return differ.Length == 0 ? 0 : 1;

        void All(string name, Func<Plan, string> cell) => Row($"| {name} | {string.Join(" | ", plans.Select(cell))} |");

        void Both(string name, Func<int, (double Computed, double Simulated)> cell) =>
            Row($"| {name} | {string.Join(" | ", Enumerable.Range(0, plans.Length).Select(i => $"{F(cell(i).Computed)} / {F(cell(i).Simulated)}"))} |");
    }

    /// <summary>A town so small that nothing happens in the simulated seconds says little.</summary>
    private static bool IsNear(double computed, double simulated) => Math.Abs(computed - simulated) <= Math.Max(Agreement * computed, 0.01);

    /// <summary>Three digits that count.</summary>
    private static string F(double value)
    {
        if (value >= 1000)
        {
            var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
            return (Math.Round(value / unit) * unit).ToString("#,0", CultureInfo.InvariantCulture);
        }

        return value.ToString(value >= 100 ? "0" : value >= 10 ? "0.#" : value >= 1 ? "0.##" : "0.###", CultureInfo.InvariantCulture);
    }

    private static void Row(FormattableString row) => Console.WriteLine(row.ToString(CultureInfo.InvariantCulture));
}
