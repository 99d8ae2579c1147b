using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks.Commands;

/// <summary>
/// How many may wait for their programs at once, on the whole server and in a room: a slow program holds places of its own room's, and
/// neither the server nor all of everybody's places.
/// </summary>
internal sealed class CommandPlaces(IOptions<HooksOptions> options)
{
    private readonly Lock sync = new();
    private readonly Dictionary<Guid, int> taken = [];
    private int all;

    public bool TryEnter(Guid roomId)
    {
        lock (sync)
        {
            var here = taken.GetValueOrDefault(roomId);
            if (all >= options.Value.CommandsAtOnce || here >= options.Value.CommandsAtOncePerRoom)
            {
                return false;
            }

            (all, taken[roomId]) = (all + 1, here + 1);
            return true;
        }
    }

    public void Leave(Guid roomId)
    {
        lock (sync)
        {
            all--;
            if (--taken[roomId] == 0)
            {
                taken.Remove(roomId);
            }
        }
    }
}
