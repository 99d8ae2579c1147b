using System.Threading.Channels;

namespace ChatMonolith.Messaging.Log;

/// <summary>What waits for the log's writer, in the order of its arrival; bounded in number and in bytes, so that a disk that stands still costs no more memory than that.</summary>
internal sealed class LogQueue
{
    private const int Most = 20_000;
    private const long MostBytes = 128L << 20;
    private readonly Channel<LogItem> items = Channel.CreateUnbounded<LogItem>(new UnboundedChannelOptions { SingleReader = true });
    private int count;
    private long bytes;

    /// <summary>Of what is not committed yet.</summary>
    public int Count => Volatile.Read(ref count);

    public ChannelReader<LogItem> Reader => items.Reader;

    /// <returns>False when too much waits, or nothing is taken any more.</returns>
    public bool TryAdd(LogItem item)
    {
        var weight = item.Weight;
        var isRoom = Interlocked.Increment(ref count) <= Most & Interlocked.Add(ref bytes, weight) <= MostBytes;
        if (isRoom && items.Writer.TryWrite(item))
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        Interlocked.Add(ref bytes, -weight);
        return false;
    }

    /// <summary>Nothing more is taken; what waits is still given out.</summary>
    public void Complete() => items.Writer.TryComplete();

    /// <summary>The first of a batch have got their outcome.</summary>
    public void Done(List<LogItem> batch, int done)
    {
        var weight = 0L;
        for (var i = 0; i < done; i++)
        {
            weight += batch[i].Weight;
        }

        Interlocked.Add(ref count, -done);
        Interlocked.Add(ref bytes, -weight);
    }
}
