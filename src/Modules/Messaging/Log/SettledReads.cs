using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// Before each query of a request's context, what is committed is moved to where the query looks (<see cref="LogTail"/>), so that no
/// reader can forget it. The log writer's own contexts have no part in it: their work is run on merged tables.
/// </summary>
internal sealed class SettledReads(LogWriter log) : DbCommandInterceptor
{
    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await Settle(command, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public override async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        await Settle(command, cancellationToken).ConfigureAwait(false);
        return result;
    }

    // Whoever writes holds the write gate, for which the merge would wait.
    private ValueTask Settle(DbCommand command, CancellationToken ct) => command.Transaction is null ? log.Settle(ct) : ValueTask.CompletedTask;
}
