using System.Globalization;
using ChatMonolith.Benchmark;
using ChatMonolith.Benchmark.Capacity;
using ChatMonolith.Benchmark.Growth;
using ChatMonolith.Benchmark.Resuming;
using ChatMonolith.Benchmark.WebClient;

// Called by tools/bench, which says what each figure is. Prints rows of a Markdown table.
switch (args)
{
    case ["start", var binary, var data, var runs]:
        return await ColdStart.Measure(binary, data, Number(runs), killed: false);
    case ["start", var binary, var data, var runs, "killed"]:
        return await ColdStart.Measure(binary, data, Number(runs), killed: true);
    case ["history", var binary, var data, var tokens, var requests]:
        return await HistoryPages.Measure(binary, data, tokens, Number(requests));
    case ["search", var binary, var data, var tokens, var requests]:
        return await SearchPages.Measure(binary, data, tokens, Number(requests));
    case ["costly", var binary, var data, var tokens, var seconds]:
        return await CostlyWork.Measure(binary, data, tokens, Number(seconds));
    case ["capacity", var seed, .. var people]:
        return CapacityReport.Write(people.Select(p => double.Parse(p, CultureInfo.InvariantCulture)), Number(seed));
    case ["frame", var binary, var data, var tokens]:
        return await FrameLength.Measure(binary, data, tokens);
    case ["resume", var binary, var data, var tokens, var missed, var repeats]:
        return await ResumeLatency.Measure(binary, data, tokens, Number(missed), Number(repeats));
    case ["storm", var binary, var data, var tokens, var events]:
        return await MassResume.Measure(binary, data, tokens, Number(events));
    case ["idle", var binary, var data, var tokens, var minutes]:
        return await IdleConnections.Measure(binary, data, tokens, double.Parse(minutes, CultureInfo.InvariantCulture));
    case ["deliveries", var binary, var data, var tokens, var first, var count, var inFlight, var seconds]:
        return await Deliveries.Measure(binary, data, tokens, Number(first), Number(count), Number(inFlight), Number(seconds));
    case ["reading", var binary, var data, var tokens, var messages, var repeats, var points]:
        return await Reading.Measure(binary, data, tokens, Number(messages), Number(repeats), points);
    case ["client", var binary, var data, var tokens, var runs]:
        return await Budgets.Measure(binary, data, tokens, Number(runs));
    case ["encryption", var folder, var megabytes]:
        return await EncryptionSpeed.Measure(folder, Number(megabytes));
    case ["foreign", "mattermost" or "slack", var messages, var zip]:
        return ForeignExports.Write(args[1], Number(messages), zip);
    case ["ratios", var results, var calm]:
        return await Ratios.Print(results, calm);
    case ["plot", var points, var svg, var title, var xLabel, var yLabel]:
        return Plot.Draw(points, svg, title, xLabel, yLabel);
    default:
        await Console.Error.WriteLineAsync(
            """
            usage: benchmark start BINARY DATA RUNS | history BINARY DATA TOKENS REQUESTS | search BINARY DATA TOKENS REQUESTS | frame BINARY DATA TOKENS
                 | resume BINARY DATA TOKENS MISSED REPEATS | storm BINARY DATA TOKENS EVENTS | idle BINARY DATA TOKENS MINUTES
                 | deliveries BINARY DATA TOKENS FIRST_ROOM ROOMS IN_FLIGHT SECONDS | reading BINARY DATA TOKENS MESSAGES REPEATS POINTS
                 | client BINARY DATA TOKENS RUNS | encryption FOLDER MEGABYTES | foreign mattermost|slack MESSAGES ZIP
                 | ratios RESULTS CALM | plot POINTS SVG TITLE X_LABEL Y_LABEL
            """);
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
