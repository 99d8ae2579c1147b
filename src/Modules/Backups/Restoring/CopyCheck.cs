using System.Data.Common;
using ChatMonolith.Backups.Format;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Backups.Restoring;

/// <summary>Whether a restored database is the one that was backed up: its structure, its counts, every room's chain, and the files it asks for.</summary>
internal sealed class CopyCheck(ILogCheck logs, IStoredBytes bytes)
{
    private const int MostProblems = 20;

    /// <returns>What differs; empty when nothing does.</returns>
    public async Task<IReadOnlyList<string>> Run(DbConnection connection, Manifest manifest, CancellationToken ct)
    {
        var problems = new List<string>();
        if (connection is SqliteConnection)
        {
            var found = await DatabaseFacts.Texts(connection, "PRAGMA integrity_check(5)", ct).ConfigureAwait(false);
            problems.AddRange(found.Where(f => f != "ok").Select(f => "the database is damaged: " + f));
            if (problems.Count > 0)
            {
                return problems;
            }
        }

        await Tables(connection, manifest, problems, ct).ConfigureAwait(false);
        if (manifest.Tables.Any(t => t.Name == "msg_trims"))
        {
            await Logs(connection, manifest, problems, ct).ConfigureAwait(false);
        }

        if (manifest.Tables.Any(t => t.Name == "files_versions"))
        {
            var there = manifest.Blobs.Select(b => b.Id).Concat(manifest.Missing).ToHashSet();
            await foreach (var blob in bytes.Needed(connection, ct).ConfigureAwait(false))
            {
                if (!there.Contains(blob.Id))
                {
                    problems.Add($"the database refers to a file whose bytes are not in the backup ({blob.Id:N})");
                }
            }
        }

        return problems.Count > MostProblems ? [.. problems.Take(MostProblems)] : problems;
    }

    private static async Task Tables(DbConnection connection, Manifest manifest, List<string> problems, CancellationToken ct)
    {
        var names = await DatabaseFacts.Tables(connection, ct).ConfigureAwait(false);
        problems.AddRange(names.Except(manifest.Tables.Select(t => t.Name), StringComparer.Ordinal).Select(n => $"there is a table {n} that was not backed up"));
        foreach (var table in manifest.Tables)
        {
            var rows = names.Contains(table.Name) ? await DatabaseFacts.Rows(connection, table.Name, ct).ConfigureAwait(false) : -1;
            if (rows != table.Rows)
            {
                problems.Add(rows < 0 ? $"the table {table.Name} is missing" : $"the table {table.Name} has {rows} rows in place of {table.Rows}");
            }
        }

        if (!(await DatabaseFacts.Migrations(connection, ct).ConfigureAwait(false)).SequenceEqual(manifest.Schema, StringComparer.Ordinal))
        {
            problems.Add("the database has other migrations than the manifest says");
        }
    }

    private async Task Logs(DbConnection connection, Manifest manifest, List<string> problems, CancellationToken ct)
    {
        var expected = manifest.Rooms.ToDictionary(r => r.RoomId);
        await foreach (var log in logs.Logs(connection, ct).ConfigureAwait(false))
        {
            if (log.Problem is { } problem)
            {
                problems.Add($"the log of room {log.RoomId}: {problem}");
            }
            else if (!expected.Remove(log.RoomId, out var fact) || fact.Seq != log.Seq || fact.Digest != log.Digest)
            {
                problems.Add($"the log of room {log.RoomId} is not the one that was backed up");
            }
        }

        problems.AddRange(expected.Keys.Select(room => $"the log of room {room} is missing"));
    }
}
