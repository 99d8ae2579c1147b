using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Npgsql;

namespace ChatMonolith.Backups.Creating;

/// <summary>A transaction that sees one instant, and <c>pg_dump</c> at that same instant (its exported snapshot).</summary>
internal sealed class PostgresSnapshot : Snapshot
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Process process;
    private readonly Task<string> errors;

    private PostgresSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, Process process)
    {
        (this.connection, this.transaction, this.process) = (connection, transaction, process);
        errors = process.StandardError.ReadToEndAsync();
    }

    public override DbConnection Connection => connection;

    public override string Kind => Postgres;

    public override Stream Dump => process.StandardOutput.BaseStream;

    public static async Task<PostgresSnapshot> Take(string connectionString, string tools, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        var opened = new NpgsqlConnection(settings.ToString());
        try
        {
            await opened.OpenAsync(ct).ConfigureAwait(false);
            var begun = await opened.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct).ConfigureAwait(false);
            await using var command = new NpgsqlCommand("SELECT pg_export_snapshot()", opened, begun);
            var snapshot = (string)(await command.ExecuteScalarAsync(ct).ConfigureAwait(false))!;

            // Not compressed: the chunks are, and equal ones are found only in plain bytes.
            string[] arguments = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--snapshot=" + snapshot, "--exclude-table=qrtz_*"];
            return new PostgresSnapshot(opened, begun, PostgresTools.Start(tools, "pg_dump", settings, arguments, readsInput: false));
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task Finish(CancellationToken ct) => PostgresTools.Succeeded(process, "pg_dump", errors, ct);

    public override async ValueTask DisposeAsync()
    {
        PostgresTools.End(process);
        await transaction.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
