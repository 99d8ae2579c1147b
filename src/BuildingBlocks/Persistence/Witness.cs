using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Remembers beside the database how far it has been (a counter in its header, SQLite's <c>user_version</c>): a database that counts less
/// than the file beside it is an older copy, or has lost its journal. Both look whole to SQLite.
/// </summary>
public sealed class Witness(Database database, WriteGate gate, TimeProvider time, ILogger<Witness> logger) : BackgroundService
{
    public const string FileName = "chat.witness";
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    /// <exception cref="DamagedDatabaseException">The database has been further than it is.</exception>
    public static void Check(SqliteConnection connection, string databasePath, bool isAccepted)
    {
        var path = PathOf(databasePath);
        if (!isAccepted && File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) && Count(connection) < seen)
        {
            throw new DamagedDatabaseException($"The database {databasePath} is older than it has been: an earlier copy was put in its place, or its journal (chat.db-wal) was removed.");
        }
    }

    /// <summary>The database first, then the file: the file never says more than is durable.</summary>
    public static void Advance(SqliteConnection connection, string databasePath)
    {
        var next = Count(connection) + 1;
        using (var command = connection.CreateCommand())
        {
#pragma warning disable CA2100 // A number; a PRAGMA takes no parameters.
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={next}");
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        var path = PathOf(databasePath);
        File.WriteAllText(path + ".new", next.ToString(CultureInfo.InvariantCulture));
        File.Move(path + ".new", path, overwrite: true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!database.IsSqlite)
        {
            return;
        }

        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                using var pass = await gate.Enter(first: false, stoppingToken);
                await using var connection = (SqliteConnection)await database.Open(stoppingToken);
                Advance(connection, database.SqlitePath);
            }
            catch (Exception e) when (DatabaseFailures.Classify(e) is not null || e is IOException)
            {
                logger.LogDebug(e, "The witness was not written; the next round comes in {Pace}", Pace);
            }
        }
    }

    private static long Count(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static string PathOf(string databasePath) => Path.Combine(Path.GetDirectoryName(databasePath)!, FileName);
}
