using System.Data;
using System.Data.Common;
using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Admin;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Admin.Audit;

/// <param name="IsWhole">No entry was changed, dropped, put elsewhere or cut off.</param>
/// <param name="Entries">How many were read.</param>
/// <param name="FirstSeq">Where the chain begins: after what retention removed.</param>
/// <param name="LastSeq">Where it ends.</param>
/// <param name="BrokenAt">The number of the first entry that is not what was written.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Head">The last entry's hash in hex. Noted elsewhere, it tells later whether all up to there is still the same.</param>
internal sealed record AuditVerdict(bool IsWhole, long Entries, long FirstSeq, long LastSeq, long? BrokenAt, string? Problem, string Head);

/// <summary>Reads the whole chain, one entry at a time, and names the first that does not fit.</summary>
internal sealed class AuditCheck(Database database, AuditChain chain)
{
    private const string Columns = "seq, at, action, actor_id, actor, subject_type, subject_id, address, session_id, result, details, hash";

    public async Task<AuditVerdict> Run(CancellationToken ct)
    {
        await using var connection = await database.Open(ct);

        // Both reads see one state: what is appended meanwhile would look like an end that nobody knows of.
        await using var transaction = connection is SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var head = await Head(connection, transaction, ct) ?? AuditChain.NewHead();
        var (expected, before, entries) = (head.FirstSeq, head.FirstBefore, 0L);
        AuditVerdict Broken(long at, string problem) => new(false, entries, head.FirstSeq, head.Seq, at, problem, Convert.ToHexStringLower(head.Hash));

        if (head.Mac.Length > 0 && !chain.IsAuthentic(head))
        {
            return Broken(head.Seq, "the head of the log was not written by this server");
        }

        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT {Columns} FROM admin_audit ORDER BY seq";
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var entry = Read(reader);
            if (entry.Seq != expected)
            {
                return entry.Seq > expected ? Broken(expected, "this entry is missing") : Broken(entry.Seq, "this entry stands before the log's beginning");
            }

            if (expected > head.Seq)
            {
                return Broken(expected, "this entry stands behind the log's end");
            }

            before = AuditChain.Next(before, entry);
            if (!before.AsSpan().SequenceEqual(entry.Hash))
            {
                return Broken(entry.Seq, "this entry is not what was written");
            }

            entries++;
            expected++;
        }

        return expected <= head.Seq ? Broken(expected, "this entry is missing, and all after it")
            : !before.AsSpan().SequenceEqual(head.Hash) ? Broken(head.Seq, "the log was written anew")
            : new AuditVerdict(true, entries, head.FirstSeq, head.Seq, null, null, Convert.ToHexStringLower(head.Hash));
    }

    /// <summary>Whether an entry that is still there has this hash, in hex; or the last one that retention removed.</summary>
    public async Task<bool> Holds(string hash, CancellationToken ct)
    {
        byte[] wanted;
        try
        {
            wanted = Convert.FromHexString(hash.Trim());
        }
        catch (FormatException)
        {
            return false;
        }

        await using var connection = await database.Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT COUNT(*) FROM admin_audit WHERE hash = @hash) + (SELECT COUNT(*) FROM admin_audit_head WHERE first_before = @hash OR hash = @hash)";
        command.With("@hash", wanted);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture) > 0;
    }

    private static async Task<AuditHeadRow?> Head(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT seq, hash, first_seq, first_before, mac FROM admin_audit_head WHERE key = 1";
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new AuditHeadRow { Seq = reader.GetInt64(0), Hash = reader.GetFieldValue<byte[]>(1), FirstSeq = reader.GetInt64(2), FirstBefore = reader.GetFieldValue<byte[]>(3), Mac = reader.GetFieldValue<byte[]>(4) }
            : null;
    }

    private static AuditRow Read(DbDataReader reader) => new()
    {
        Seq = reader.GetInt64(0),
        At = reader.GetInt64(1),
        Action = reader.GetString(2),
        ActorId = Database.ReadIdOrNull(reader, 3),
        Actor = reader.GetString(4),
        SubjectType = reader.GetString(5),
        SubjectId = Database.ReadIdOrNull(reader, 6),
        Address = reader.GetString(7),
        SessionId = Database.ReadIdOrNull(reader, 8),
        Result = (AuditResult)reader.GetInt32(9),
        Details = reader.GetString(10),
        Hash = reader.GetFieldValue<byte[]>(11),
    };
}
