using System.Globalization;
using System.Threading.Channels;
using ChatMonolith.BuildingBlocks.Nodes;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Rooms.Presence;

/// <summary>
/// Who is here, told to the other nodes and heard from them, many in one letter. A node says of its own people alone; what it said ends with
/// it, that is with its lease.
/// </summary>
internal sealed class PresenceNews(PresenceBoard board, INodes nodes, INodeBus bus, TimeProvider time) : BackgroundService, INodeListener
{
    private const int PerLetter = 1_000;
    private const string Ask = "?";
    private const string All = "=";
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    public string Topic => "rooms.presence";

    public Task Hear(Guid from, string letter)
    {
        if (letter == Ask)
        {
            TellAll();
            return Task.CompletedTask;
        }

        foreach (var word in letter.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == All)
            {
                // What follows is all that there is.
                board.LeftWith(from);
                continue;
            }

            var parts = word.Split(':');
            if (parts.Length != 3 || !Guid.TryParseExact(parts[1], "N", out var userId) || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                continue;
            }

            switch (parts[0])
            {
                case "h":
                    board.HereElsewhere(userId, from, value);
                    break;
                case "g":
                    board.GoneElsewhere(userId, from, value);
                    break;
                case "c":
                    board.ChosenElsewhere(userId, value);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    public Task Missed()
    {
        bus.Tell(Topic, Ask);
        return Task.CompletedTask;
    }

    public void Gone(Guid node) => board.LeftWith(node);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!nodes.AreSeveral)
        {
            return;
        }

        bus.Tell(Topic, Ask);
        var words = new List<string>();
        try
        {
            while (await board.News.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gathering, time, stoppingToken);
                while (words.Count < PerLetter && board.News.TryRead(out var word))
                {
                    words.Add(word);
                }

                bus.Tell(Topic, string.Join(' ', words));
                words.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The others hear of the node's end.
        }
    }

    private void TellAll()
    {
        var all = board.Here().Select(h => string.Create(CultureInfo.InvariantCulture, $"h:{h.UserId:N}:{h.Choice}")).Prepend(All);
        foreach (var some in all.Chunk(PerLetter))
        {
            bus.Tell(Topic, string.Join(' ', some));
        }
    }
}
