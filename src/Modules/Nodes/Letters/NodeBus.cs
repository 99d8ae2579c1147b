using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Nodes.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatMonolith.Nodes.Letters;

/// <summary>
/// Tells the other nodes, in order, on a connection of its own: PostgreSQL's <c>NOTIFY</c>, many letters in one statement. It is sent
/// after the commit that it speaks of, not within: a notification in a transaction makes all committers of the database wait for each
/// other until their commit is on disk (PostgreSQL, async.c), and a lost hint is found anyway.
/// </summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All text is constant; values are parameters.")]
internal sealed class NodeBus : BackgroundService, INodeBus
{
    private const int AtOnce = 200;

    /// <summary>Of the 8,000 bytes of a notification, with room for what stands before the text.</summary>
    private const int MostBytes = 7_500;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);
    private readonly Channel<Told> told = Channel.CreateUnbounded<Told>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<long, Waiting> waiting = new();
    private readonly Database database;
    private readonly NodeIdentity identity;
    private readonly NodeLease lease;
    private readonly TimeProvider time;
    private readonly TimeSpan patience;
    private readonly ILogger<NodeBus> logger;
    private NpgsqlConnection? connection;
    private long lastWait;

    public NodeBus(Database database, NodeIdentity identity, NodeLease lease, NodePosts posts, IOptions<NodesOptions> options, TimeProvider time, ILogger<NodeBus> logger)
    {
        (this.database, this.identity, this.lease, this.time, this.logger) = (database, identity, lease, time, logger);
        patience = TimeSpan.FromMilliseconds(options.Value.AcknowledgeMilliseconds);
        posts.Answered = Answered;
        posts.Heard = letter => told.Writer.TryWrite(new Told(Letter.Answer, string.Create(CultureInfo.InvariantCulture, $"{letter.From:N} {letter.Wait}"), null));
    }

    public void Tell(string topic, string letter) => told.Writer.TryWrite(new Told(topic, letter, null));

    public async Task TellAndWait(string topic, string letter)
    {
        var wait = new Waiting(Interlocked.Increment(ref lastWait), topic, letter);
        waiting[wait.Number] = wait;
        try
        {
            var began = time.GetTimestamp();
            while (time.GetElapsedTime(began) < patience)
            {
                // Told again: the letter, or its answer, may have been lost.
                told.Writer.TryWrite(new Told(topic, letter, wait));
                await Task.WhenAny(wait.Done, Task.Delay(Again, time));
                if (wait.Done.IsCompleted)
                {
                    return;
                }
            }

            await ShutOutTheSilent(wait);
        }
        finally
        {
            waiting.TryRemove(wait.Number, out _);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        told.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var some = new List<Told>(AtOnce);
        while (await told.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (some.Count < AtOnce && told.Reader.TryRead(out var next))
            {
                some.Add(next);
            }

            var letters = some.ConvertAll(s => Number(s));
            while (!await TrySend(letters, some) && !stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(Again, time, CancellationToken.None);
            }

            some.Clear();
        }

        await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private Letter Number(Told one)
    {
        var (from, number) = identity.Next();
        return new Letter(from, number, one.Wait?.Number ?? 0, one.Topic, one.Text);
    }

    private async Task<bool> TrySend(List<Letter> letters, List<Told> some)
    {
        try
        {
            connection ??= await Open();
            var payloads = new string[letters.Count];
            for (var i = 0; i < payloads.Length; i++)
            {
                payloads[i] = Encoding.UTF8.GetByteCount(letters[i].Text) <= MostBytes ? letters[i].Write() : letters[i].WriteReference(await Store(letters[i].Text));
            }

            await using var notify = new NpgsqlCommand($"SELECT pg_notify('{NodePosts.Channel}', p) FROM unnest($1) AS p", connection) { Parameters = { new() { Value = payloads } } };
            await notify.ExecuteNonQueryAsync();
            if (some.Exists(s => s.Wait is not null))
            {
                // Who has to hear it is asked after it was told: whoever begins to live later reads what it speaks of.
                var living = await NodeTable.Living(connection, identity.Me, CancellationToken.None);
                some.ForEach(s => s.Wait?.MustHear(living));
            }

            return true;
        }
        catch (Exception e)
        {
            // Whatever it is: a connection that was cut off may say so in its own words, and a node that cannot tell is none.
            logger.LogWarning(e, "The other nodes could not be told");
            var failed = connection;
            connection = null;
            await (failed?.DisposeAsync() ?? ValueTask.CompletedTask);
            return false;
        }
    }

    private async Task<NpgsqlConnection> Open()
    {
        var opened = await database.OpenOwn(CancellationToken.None);
        try
        {
            // A hint is not worth waiting for the disk.
            await using var command = new NpgsqlCommand("SET synchronous_commit = off", opened);
            await command.ExecuteNonQueryAsync();
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private async Task<Guid> Store(string text)
    {
        var id = Guid.NewGuid();
        await using var insert = new NpgsqlCommand(
            $"INSERT INTO nodes_letters (id, body, at) VALUES ($1, $2, {Database.PostgresNow})", connection) { Parameters = { new() { Value = id }, new() { Value = text } } };
        await insert.ExecuteNonQueryAsync();
        return id;
    }

    private void Answered(Letter letter)
    {
        var parts = letter.Text.Split(' ');
        if (parts.Length == 2 && Guid.TryParseExact(parts[0], "N", out var to) && to == identity.Me
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && waiting.TryGetValue(number, out var wait))
        {
            wait.HeardBy(letter.From);
        }
    }

    /// <exception cref="TimeoutException">Neither they nor the database answer.</exception>
    private async Task ShutOutTheSilent(Waiting wait)
    {
        using var limit = new CancellationTokenSource(GiveUpAfter, time);
        try
        {
            while (true)
            {
                if (wait.Silent is { } silent)
                {
                    if (silent.Length == 0)
                    {
                        return;
                    }

                    logger.LogWarning("{Count} nodes do not answer about {Topic}", silent.Length, wait.Topic);
                    if (await WithoutThoseThatWait(wait, silent, limit.Token) is { Length: > 0 } left)
                    {
                        await lease.ShutOut(left, limit.Token);
                    }

                    return;
                }

                await Task.WhenAny(wait.Done, Task.Delay(Again, time, limit.Token));
                limit.Token.ThrowIfCancellationRequested();
                if (wait.Done.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("The other nodes could not be told.", e);
        }
    }

    /// <summary>
    /// A node that hangs may hold a lock for which the others wait, and so cannot answer: it goes first, and they get their time once more.
    /// </summary>
    private async Task<Guid[]> WithoutThoseThatWait(Waiting wait, Guid[] silent, CancellationToken ct)
    {
        var hanging = await lease.Hanging(silent, ct);
        if (hanging.Length == 0 || hanging.Length == silent.Length)
        {
            return silent;
        }

        await lease.ShutOut(hanging, ct);
        var began = time.GetTimestamp();
        while (wait.Silent!.Except(hanging).Any() && time.GetElapsedTime(began) < patience)
        {
            told.Writer.TryWrite(new Told(wait.Topic, wait.Letter, wait));
            await Task.WhenAny(wait.Done, Task.Delay(Again, time, ct));
        }

        return [.. wait.Silent!.Except(hanging)];
    }

    private sealed record Told(string Topic, string Text, Waiting? Wait);

    /// <summary>Who has to hear a letter, and who has.</summary>
    private sealed class Waiting(long number, string topic, string letter)
    {
        private readonly Lock sync = new();
        private readonly HashSet<Guid> heard = [];
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Guid[]? living;

        public long Number => number;

        public string Topic => topic;

        public string Letter => letter;

        public Task Done => done.Task;

        /// <summary>Those that have not heard it; null while it is not known who must.</summary>
        public Guid[]? Silent
        {
            get
            {
                lock (sync)
                {
                    return living is null ? null : [.. living.Where(l => !heard.Contains(l))];
                }
            }
        }

        public void MustHear(Guid[] nodes)
        {
            lock (sync)
            {
                living ??= nodes;
                Look();
            }
        }

        public void HeardBy(Guid node)
        {
            lock (sync)
            {
                heard.Add(node);
                Look();
            }
        }

        private void Look()
        {
            if (living is not null && Array.TrueForAll(living, heard.Contains))
            {
                done.TrySetResult();
            }
        }
    }
}
