using System.Collections.Concurrent;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>How many sockets each network address has open.</summary>
internal sealed class SocketsByAddress
{
    private readonly ConcurrentDictionary<string, int> open = new(StringComparer.Ordinal);

    /// <summary>Takes a place, to be given back by <see cref="Leave"/>; false when there is none.</summary>
    public bool TryEnter(string address, int most)
    {
        while (true)
        {
            var known = open.GetOrAdd(address, 0);
            if (known >= most)
            {
                return false;
            }

            if (open.TryUpdate(address, known + 1, known))
            {
                return true;
            }
        }
    }

    public void Leave(string address)
    {
        while (open.TryGetValue(address, out var known))
        {
            if (known > 1 ? open.TryUpdate(address, known - 1, known) : open.TryRemove(new(address, known)))
            {
                return;
            }
        }
    }
}
