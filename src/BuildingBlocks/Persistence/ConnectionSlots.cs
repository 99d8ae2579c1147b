using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Bounds the connections that contexts hold open at once on SQLite, whose own pool knows no bound: ten thousand sockets that come back
/// at once would each open the file. More than the machine's cores of them gain nothing, since each query runs to its end on a thread.
/// On PostgreSQL the driver's pool does it. Nobody may hold one connection and wait for another: all could, and then none moves. Tests run
/// with a single one to see that.
/// </summary>
internal sealed class ConnectionSlots(Database database) : DbConnectionInterceptor, IDisposable
{
    /// <summary>Who waits longer is told that the server is too busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim slots = new(database.MostConnections);
    private readonly ConditionalWeakTable<DbConnection, Slot> held = [];

    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        // The log's writer holds the write gate, for which those with a connection may wait: it waits for none of them.
        if (database.IsSqlite && !WriteGate.IsInside)
        {
            if (!await slots.WaitAsync(Patience, cancellationToken).ConfigureAwait(false))
            {
                throw new TimeoutException("Too many wait for the database.");
            }

            held.AddOrUpdate(connection, new Slot(slots));
        }

        return result;
    }

    public override void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData) => Release(connection);

    public override Task ConnectionFailedAsync(DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(connection);
        return Task.CompletedTask;
    }

    public override void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Release(connection);

    public override Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Release(connection);
        return Task.CompletedTask;
    }

    public void Dispose() => slots.Dispose();

    private void Release(DbConnection connection)
    {
        if (held.TryGetValue(connection, out var slot))
        {
            held.Remove(connection);
            slot.Free();
        }
    }

    private sealed class Slot(SemaphoreSlim slots)
    {
        private int isFree;

        public void Free()
        {
            if (Interlocked.Exchange(ref isFree, 1) == 0)
            {
                slots.Release();
            }
        }
    }
}
