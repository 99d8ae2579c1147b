using System.Threading.Channels;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Nodes.Data;
using ChatMonolith.Nodes.Leases;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ChatMonolith.Nodes.Letters;

/// <summary>
/// Hears what the other nodes tell, on a connection of its own. Each topic has its own order and its own loop, so that a slow listener
/// keeps no other waiting. A gap in a node's numbers, and a connection that broke, are told to all listeners: letters may be missing.
/// </summary>
internal sealed class NodePosts(Database database, NodeIdentity identity, Lazy<IEnumerable<INodeListener>> found, TimeProvider time, ILogger<NodePosts> logger) : IAsyncDisposable
{
    public const string Channel = "chat_nodes";
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource over = new();
    private readonly Lock numbers = new();
    private readonly Dictionary<Guid, long> last = [];
    private readonly Dictionary<Guid, long> behind = [];
    private readonly HashSet<INodeListener> unread = [];
    private readonly SemaphoreSlim settling = new(1, 1);
    private readonly TaskCompletionSource isListening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<string, Listener>? listeners;
    private Task? listening;

    /// <summary>Gets the answers to letters; set before the first comes.</summary>
    public Action<Letter> Answered { get; set; } = _ => { };

    /// <summary>Gets the letters whose senders wait, when they have been dealt with; set before the first comes.</summary>
    public Action<Letter> Heard { get; set; } = _ => { };

    /// <summary>The last thing that went wrong.</summary>
    public string? Problem { get; private set; }

    /// <summary>From its return on nothing that is told is missed without a word.</summary>
    public Task Listen(CancellationToken ct)
    {
        listeners ??= found.Value.GroupBy(l => l.Topic, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Listener(g.ToArray(), this), StringComparer.Ordinal);
        listening ??= Task.Run(ListenForGood, CancellationToken.None);
        return isListening.Task.WaitAsync(ct);
    }

    /// <summary>A node has ended.</summary>
    public void Gone(Guid node)
    {
        lock (numbers)
        {
            last.Remove(node);
            behind.Remove(node);
        }

        foreach (var listener in found.Value)
        {
            try
            {
                listener.Gone(node);
            }
            catch (Exception e)
            {
                logger.LogError(e, "{Topic} could not let a node go", listener.Topic);
            }
        }
    }

    /// <summary>Compares what has come with what the nodes say to have told. One look's difference may still be on its way.</summary>
    public Task Compare(IReadOnlyList<LeaseRow> others)
    {
        var isMissing = false;
        lock (numbers)
        {
            foreach (var other in others)
            {
                var have = last.TryGetValue(other.Id, out var number) ? number : last[other.Id] = other.Told;
                if (have >= other.Told)
                {
                    behind.Remove(other.Id);
                }
                else if (behind.TryGetValue(other.Id, out var before) && have < before)
                {
                    isMissing = true;
                    last[other.Id] = other.Told;
                    behind.Remove(other.Id);
                }
                else
                {
                    behind.TryAdd(other.Id, other.Told);
                }
            }
        }

        return isMissing ? MissedByAll() : Task.CompletedTask;
    }

    /// <summary>Letters may be missing: all listeners read anew, now or, where that fails, when <see cref="Settle"/> tries again.</summary>
    /// <returns>Whether all have.</returns>
    public Task<bool> MissedByAll()
    {
        lock (numbers)
        {
            unread.UnionWith(found.Value);
        }

        return Settle();
    }

    /// <returns>Whether nothing that may have been missed is left unread.</returns>
    public async Task<bool> Settle()
    {
        await settling.WaitAsync();
        try
        {
            INodeListener[] those;
            lock (numbers)
            {
                those = [.. unread];
            }

            foreach (var listener in those)
            {
                await Settle(listener);
            }

            lock (numbers)
            {
                return unread.Count == 0;
            }
        }
        finally
        {
            settling.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await (listening ?? Task.CompletedTask);
        over.Dispose();
        settling.Dispose();
    }

    private async Task Settle(INodeListener listener)
    {
        lock (numbers)
        {
            // Before it reads: what is missed while it does is read once more.
            unread.Remove(listener);
        }

        try
        {
            await listener.Missed();
        }
        catch (Exception e)
        {
            lock (numbers)
            {
                unread.Add(listener);
            }

            Note(e, $"What was missed of {listener.Topic} could not be read anew; it is tried again");
        }
    }

    private async Task ListenForGood()
    {
        var isFirst = true;
        while (!over.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenOwn(over.Token);
                connection.Notification += (_, told) => Take(told.Payload);
                await using (var command = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await command.ExecuteNonQueryAsync(over.Token);
                }

                if (!isFirst)
                {
                    await MissedByAll();
                }

                isFirst = false;
                isListening.TrySetResult();
                while (true)
                {
                    await connection.WaitAsync(over.Token);
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Note(e, "The connection that hears the other nodes broke");
                await Task.Delay(Retry, time, CancellationToken.None);
            }
        }
    }

    private void Take(string payload)
    {
        if (Letter.Read(payload, out var body) is not { } letter || letter.From == identity.Me)
        {
            return;
        }

        var isMissing = false;
        lock (numbers)
        {
            if (last.TryGetValue(letter.From, out var before))
            {
                if (letter.Number <= before && letter.Wait == 0)
                {
                    return;
                }

                isMissing = letter.Number > before + 1;
            }

            last[letter.From] = Math.Max(before, letter.Number);
        }

        if (letter.Topic == Letter.Answer)
        {
            Answered(letter);
        }
        else if (listeners!.TryGetValue(letter.Topic, out var listener))
        {
            listener.Take(letter, body);
        }
        else if (letter.Wait != 0)
        {
            // An older or newer program: there is nothing here that it concerns.
            Heard(letter);
        }

        if (isMissing)
        {
            _ = MissedByAll();
        }
    }

    private void Note(Exception e, string what)
    {
        Problem = LeaseRow.Cut(e.Message, LeaseRow.MaxProblem);
        logger.LogWarning(e, "{What}", what);
    }

    private async Task<string> Body(Guid id)
    {
        await using var connection = (NpgsqlConnection)await database.Open(over.Token);
        await using var command = new NpgsqlCommand("SELECT body FROM nodes_letters WHERE id = $1", connection) { Parameters = { new() { Value = id } } };
        return (string?)await command.ExecuteScalarAsync(over.Token) ?? throw new InvalidOperationException("A letter's body was gone before it was read.");
    }

    /// <summary>The listeners of one topic, one letter at a time.</summary>
    private sealed class Listener
    {
        private readonly Channel<(Letter Letter, Guid? Body)> letters = System.Threading.Channels.Channel.CreateUnbounded<(Letter, Guid?)>(new UnboundedChannelOptions { SingleReader = true });
        private readonly INodeListener[] those;
        private readonly NodePosts posts;

        public Listener(INodeListener[] those, NodePosts posts)
        {
            (this.those, this.posts) = (those, posts);
            _ = Task.Run(ForGood);
        }

        public void Take(Letter letter, Guid? body) => letters.Writer.TryWrite((letter, body));

        private async Task ForGood()
        {
            await foreach (var (letter, body) in letters.Reader.ReadAllAsync(posts.over.Token))
            {
                if (letter.Wait == 0)
                {
                    await Hear(letter, body);
                }
                else
                {
                    // Somebody waits: not behind another who waits for something.
                    _ = Hear(letter, body);
                }
            }
        }

        private async Task Hear(Letter letter, Guid? body)
        {
            try
            {
                var text = body is { } id ? await posts.Body(id) : letter.Text;
                foreach (var listener in those)
                {
                    await listener.Hear(letter.From, text);
                }

                if (letter.Wait != 0)
                {
                    posts.Heard(letter);
                }
            }
            catch (Exception e)
            {
                posts.Note(e, $"A letter about {letter.Topic} could not be dealt with");
            }
        }
    }
}
