using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Typing;

/// <summary>Who is typing where. It is told at once, at most once a second for each, and ends by itself.</summary>
internal sealed class TypingPeople(Hub hub, INodes nodes, INodeBus bus, TimeProvider time) : BackgroundService, INodeListener
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan ToldEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>By room and person: when they last said so, and when it was last told, in <see cref="TimeProvider.GetTimestamp"/> ticks.</summary>
    private readonly ConcurrentDictionary<(Guid RoomId, Guid UserId), (long Said, long Told)> typing = new();

    /// <summary>The same of those who type at other nodes: when it was heard last.</summary>
    private readonly ConcurrentDictionary<(Guid RoomId, Guid UserId), long> elsewhere = new();

    public string Topic => "msg.typing";

    public Task Hear(Guid from, string letter)
    {
        if (letter.Split(' ') is [var room, var user, var on] && Guid.TryParseExact(room, "N", out var roomId) && Guid.TryParseExact(user, "N", out var userId))
        {
            if (on == "1")
            {
                elsewhere[(roomId, userId)] = time.GetTimestamp();
            }
            else
            {
                elsewhere.TryRemove((roomId, userId), out _);
            }

            TellHere(roomId, userId, on == "1");
        }

        return Task.CompletedTask;
    }

    public void Set(Guid roomId, Guid userId, bool on)
    {
        if (!on)
        {
            if (typing.TryRemove((roomId, userId), out _))
            {
                Tell(roomId, userId, on: false);
            }

            return;
        }

        var now = time.GetTimestamp();
        var isNews = true;
        typing.AddOrUpdate(
            (roomId, userId),
            _ => (now, now),
            (_, old) =>
            {
                isNews = time.GetElapsedTime(old.Told, now) >= ToldEvery;
                return (now, isNews ? now : old.Told);
            });
        if (isNews)
        {
            Tell(roomId, userId, on: true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var entry in elsewhere.Where(t => time.GetElapsedTime(t.Value) >= Lasts))
                {
                    if (elsewhere.TryRemove(entry))
                    {
                        TellHere(entry.Key.RoomId, entry.Key.UserId, on: false);
                    }
                }

                foreach (var entry in typing.Where(t => time.GetElapsedTime(t.Value.Said) >= Lasts))
                {
                    if (typing.TryRemove(entry))
                    {
                        Tell(entry.Key.RoomId, entry.Key.UserId, on: false);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Nothing to keep: typing means nothing on a server that stops.
        }
    }

    private void Tell(Guid roomId, Guid userId, bool on)
    {
        TellHere(roomId, userId, on);
        if (nodes.AreSeveral)
        {
            bus.Tell(Topic, $"{roomId:N} {userId:N} {(on ? '1' : '0')}");
        }
    }

    private void TellHere(Guid roomId, Guid userId, bool on)
    {
        var frame = OutFrame.Text(new TypingEvent("typing", roomId, userId, on));
        hub.Post(floor => floor.PublishEphemeral(roomId, frame, exceptUser: userId));
    }

    private sealed record TypingEvent(string Type, Guid RoomId, Guid UserId, bool On);
}
