namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// Lets sockets come in a few at a time. When thousands come back at once, each still costs what it costs, but those who are inside are
/// served soon, their memory is not taken up by all at the same time, and what others send meanwhile does not wait its turn in the
/// thread pool behind all of them. Only work of the server's own stands behind a gate, never a wait for a peer.
/// </summary>
public sealed class Admission : IDisposable
{
    /// <summary>More at once than the cores can run only makes all of them wait for each other.</summary>
    private static readonly int AtOnce = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Finding out who opens a socket.</summary>
    internal Gate Handshakes { get; } = new(AtOnce);

    /// <summary>Greeting it, and reading where it listens.</summary>
    internal Gate Openings { get; } = new(AtOnce);

    /// <summary>Reading what a resume has to replay; the writing goes at the peer's pace, outside.</summary>
    public Gate Resumes { get; } = new(AtOnce);

    public void Dispose()
    {
        Handshakes.Dispose();
        Openings.Dispose();
        Resumes.Dispose();
    }

    /// <summary>A bound on how many do one kind of work at once; who waits is let in in the order of coming.</summary>
    public sealed class Gate(int atOnce) : IDisposable
    {
        private readonly SemaphoreSlim places = new(atOnce);

        public async Task<T> Through<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
        {
            await places.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                return await work(ct).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }

        public Task Through(Func<CancellationToken, Task> work, CancellationToken ct) => Through(
            async token =>
            {
                await work(token).ConfigureAwait(false);
                return true;
            },
            ct);

        public void Dispose() => places.Dispose();
    }
}
