using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Takes every EF transaction through the <see cref="WriteGate"/>. Contexts always open a transaction to save
/// (<c>AutoTransactionBehavior.Always</c>), and <c>ExecuteUpdate</c> outside of one is refused, so no EF write can go round it.
/// </summary>
internal sealed class WriteGateInterceptor(WriteGate gate) : DbTransactionInterceptor, ISaveChangesInterceptor, IDbCommandInterceptor, IDbConnectionInterceptor
{
    private readonly ConditionalWeakTable<DbTransaction, Held> passes = [];
    private readonly ConditionalWeakTable<DbConnection, Held> passesByConnection = [];

    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        // The pass is taken before BEGIN, so it cannot travel through EF's own result; the transaction made here carries it.
        var pass = default(WriteGate.Pass);
        try
        {
            pass = await gate.Enter(first: false, cancellationToken).ConfigureAwait(false);
            await Overwriting(connection, cancellationToken).ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(eventData.IsolationLevel, cancellationToken).ConfigureAwait(false);
            var held = new Held(pass);

            // Npgsql gives out the same transaction object again, also after one that was disposed without an end.
            passes.AddOrUpdate(transaction, held);
            passesByConnection.AddOrUpdate(connection, held);
            return InterceptionResult<DbTransaction>.SuppressWithResult(transaction);
        }
        catch
        {
            pass.Dispose();

            // EF opened the connection for this transaction, and leaves it open when there is none: nobody would ever close it, nor free its slot.
            await eventData.Context!.Database.CloseConnectionAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result) =>
        throw new NotSupportedException("Synchronous transactions would block a thread on the write gate. Use the async call.");

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(transaction);
        return Task.CompletedTask;
    }

    public override Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Release(transaction);
        return Task.CompletedTask;
    }

    public override void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Release(transaction);

    public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => Fail(transaction);

    public override Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Fail(transaction);
        return Task.CompletedTask;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        // EF would otherwise save a single row without a transaction, past the gate.
        eventData.Context!.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return ValueTask.FromResult(result);
    }

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) =>
        throw new NotSupportedException("Use SaveChangesAsync.");

    public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        command.Transaction is null && eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete
            ? throw new InvalidOperationException("ExecuteUpdate and ExecuteDelete write: open a transaction first, so that the write gate is held.")
            : ValueTask.FromResult(result);

    /// <summary>
    /// A transaction that is disposed without commit or rollback (an early return, a failed save) tells no interceptor of it; but EF
    /// then closes the connection that it had opened for it.
    /// </summary>
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Release(connection);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Release(connection);
        return Task.CompletedTask;
    }

    /// <summary>What is deleted is overwritten, whatever SQLite was built with: a secret that was taken back is not found in the file afterwards.</summary>
    private static async ValueTask Overwriting(DbConnection connection, CancellationToken ct)
    {
        if (connection is SqliteConnection)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA secure_delete=ON";
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
    }

    private void Fail(DbTransaction transaction)
    {
        // A failed COMMIT can leave SQLite's transaction open: end it before the next writer enters.
        try
        {
            transaction.Dispose();
        }
        finally
        {
            Release(transaction);
        }
    }

    private void Release(DbTransaction transaction)
    {
        if (passes.TryGetValue(transaction, out var held))
        {
            passes.Remove(transaction);
            held.Release();
        }
    }

    private void Release(DbConnection connection)
    {
        if (passesByConnection.TryGetValue(connection, out var held))
        {
            passesByConnection.Remove(connection);
            held.Release();
        }
    }

    private sealed class Held(WriteGate.Pass pass)
    {
        private int released;

        public void Release()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
            {
                pass.Dispose();
            }
        }
    }
}
