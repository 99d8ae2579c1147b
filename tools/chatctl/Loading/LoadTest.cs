using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Loading;

/// <param name="Url">The server.</param>
/// <param name="TokenFile">Who takes part; null: people are registered.</param>
/// <param name="Users">How many to register.</param>
/// <param name="Rooms">Private rooms, made for this test.</param>
/// <param name="Members">In each room.</param>
/// <param name="Senders">In each room, the first of its members.</param>
/// <param name="Rate">Messages a second in all, stamped with the intended time; null: closed loop, each sender with one message on its way.</param>
/// <param name="Time">How long is sent.</param>
/// <param name="TextLength">Characters of a message.</param>
/// <param name="Tickets">Sockets are opened with tickets instead of bearer tokens.</param>
internal sealed record LoadPlan(
    Uri Url, string? TokenFile, int Users, int Rooms, int Members, int Senders, double? Rate, TimeSpan Time, int TextLength, bool Tickets);

/// <summary>Speaks the contract as many clients would, measures, and checks what the server promises: nothing lost, doubled or out of order.</summary>
internal static class LoadTest
{
    private static readonly TimeSpan LastDeliveries = TimeSpan.FromSeconds(15);

    public static Command Command()
    {
        var url = new Option<string>("--url") { Description = "The server, such as http://localhost:5080.", Required = true };
        var tokenFile = new Option<string?>("--token-file") { Description = "Access tokens, one a line: plain, or JSON lines of chatctl seed.", HelpName = "file" };
        var users = new Option<int>("--users") { Description = "Registers so many people (and leaves them). In place of --token-file." };
        var rooms = new Option<int>("--rooms") { Description = "Private rooms to make; they are deleted afterwards.", DefaultValueFactory = _ => 1 };
        var members = new Option<int>("--members") { Description = "Members of each room.", DefaultValueFactory = _ => 5 };
        var senders = new Option<int>("--senders") { Description = "Members of each room that send.", DefaultValueFactory = _ => 1 };
        var rate = new Option<double?>("--rate") { Description = "Messages a second in all, however slow the answers." };
        var closed = new Option<bool>("--closed") { Description = "Each sender sends again when its ok has come. The default without --rate." };
        var seconds = new Option<int>("--seconds") { Description = "How long to send, 1 to 3600.", DefaultValueFactory = _ => 10 };
        var length = new Option<int>("--length") { Description = "Characters of a message.", DefaultValueFactory = _ => 128 };
        var tickets = new Option<bool>("--tickets") { Description = "Open sockets with tickets, as the web client does." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var owned = new Option<bool>("--i-own-this-server") { Description = "Allow a server that is not on this machine." };
        var command = new Command("loadtest", "Loads a running server over its public contract and checks that nothing is lost, doubled or out of order. Exit code 1 when something is.")
        {
            url, tokenFile, users, rooms, members, senders, rate, closed, seconds, length, tickets, json, owned,
        };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            Checked(
                new LoadPlan(
                    Address(parsed.GetRequiredValue(url)), parsed.GetValue(tokenFile), parsed.GetValue(users), parsed.GetValue(rooms), parsed.GetValue(members), parsed.GetValue(senders),
                    parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(length), parsed.GetValue(tickets)),
                parsed.GetValue(closed),
                parsed.GetValue(owned)),
            parsed.GetValue(json),
            ct)));
        return command;
    }

    private static LoadPlan Checked(LoadPlan plan, bool closed, bool owned)
    {
        Require((plan.TokenFile is null) != (plan.Users == 0), "Give either --token-file or --users.");
        Require(plan.Rate is null || !closed, "Give either --rate or --closed.");
        Require(owned || IsThisMachine(plan.Url), "That server is not on this machine. A load test can take it down: say --i-own-this-server.");
        Require(plan.Time.TotalSeconds is >= 1 and <= 3600, "--seconds is 1 to 3600.");
        Require(plan.Users is >= 0 and <= 100_000, "--users is at most 100000.");
        Require(plan is { Rooms: >= 1 and <= 10_000, Members: >= 1 and <= 100_000 }, "--rooms is 1 to 10000, --members 1 to 100000.");
        Require(plan.Senders >= 1 && plan.Senders <= plan.Members, "--senders is 1 to --members.");
        Require(plan.Rate is null or (> 0 and <= 100_000), "--rate is above 0 and at most 100000.");
        Require(plan.TextLength is >= 1 and <= 8_000, "--length is 1 to 8000.");
        return plan;
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https") ? address : throw new RefusedException("--url is an http or https address.");

    private static bool IsThisMachine(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RefusedException(otherwise);
        }
    }

    private static async Task<int> Run(LoadPlan plan, bool asJson, CancellationToken ct)
    {
        using var crowd = await Crowd.Gather(plan, ct);
        await crowd.MakeRooms(ct);
        LoadReport report;
        try
        {
            var started = Stopwatch.GetTimestamp();
            await crowd.Connect(ct);
            var connecting = Stopwatch.GetElapsedTime(started);
            var elapsed = await Send(plan, crowd, ct);
            await crowd.WaitForDeliveries(LastDeliveries, ct);
            report = await LoadReport.Of(crowd, connecting, elapsed, ct);
        }
        finally
        {
            await crowd.Disperse();
        }

        Console.WriteLine(asJson ? JsonSerializer.Serialize(report, JsonSerializerOptions.Web) : report.Table());
        return report.Sound ? 0 : 1;
    }

    private static async Task<TimeSpan> Send(LoadPlan plan, Crowd crowd, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(plan.Time);
        var started = Stopwatch.GetTimestamp();
        await (plan.Rate is { } rate ? Pace(crowd, rate, end.Token) : Task.WhenAll(crowd.Senders.Select(s => Loop(s.Socket, s.Room, end.Token))));
        var elapsed = Stopwatch.GetElapsedTime(started);
        ct.ThrowIfCancellationRequested();
        await crowd.WaitForReplies(LastDeliveries, ct);
        return elapsed;
    }

    private static async Task Loop(LoadSocket socket, LoadRoom room, CancellationToken end)
    {
        while (!end.IsCancellationRequested && await socket.Send(room, Stopwatch.GetTimestamp(), end))
        {
            // The next one follows its ok.
        }
    }

    /// <summary>Open loop: what was due is sent, stamped with the time at which it was due, so that a server that stalls is not spared.</summary>
    private static async Task Pace(Crowd crowd, double rate, CancellationToken end)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var started = Stopwatch.GetTimestamp();
        var step = Stopwatch.Frequency / rate;
        long sent = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                for (var due = (long)((Stopwatch.GetTimestamp() - started) / step); sent < due; sent++)
                {
                    var (socket, room) = crowd.Senders[(int)(sent % crowd.Senders.Count)];
                    _ = socket.Send(room, started + (long)(sent * step), CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }
}
