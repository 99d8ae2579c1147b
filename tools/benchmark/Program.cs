using System.Globalization;
using ChatMonolith.Benchmark;

// Called by tools/bench, which says what each figure is. Prints rows of a Markdown table.
switch (args)
{
    case ["start", var binary, var data, var runs]:
        return await ColdStart.Measure(binary, data, int.Parse(runs, CultureInfo.InvariantCulture));
    case ["history", var binary, var data, var tokens, var requests]:
        return await HistoryPages.Measure(binary, data, tokens, int.Parse(requests, CultureInfo.InvariantCulture));
    case ["search", var binary, var data, var tokens, var requests]:
        return await SearchPages.Measure(binary, data, tokens, int.Parse(requests, CultureInfo.InvariantCulture));
    case ["frame", var binary, var data, var tokens]:
        return await FrameLength.Measure(binary, data, tokens);
    case ["client", var binary, var data, var tokens, var runs]:
        return await ClientBudgets.Measure(binary, data, tokens, int.Parse(runs, CultureInfo.InvariantCulture));
    default:
        await Console.Error.WriteLineAsync("usage: benchmark start BINARY DATA RUNS | history BINARY DATA TOKENS REQUESTS | search BINARY DATA TOKENS REQUESTS | frame BINARY DATA TOKENS | client BINARY DATA TOKENS RUNS");
        return 2;
}
