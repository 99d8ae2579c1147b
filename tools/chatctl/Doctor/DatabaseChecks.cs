using System.Globalization;
using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.Chatctl.Doctor;

internal static class DatabaseChecks
{
    private const string Check = "database";
    private const int OldestPostgres = 15;
    private const int ServersConnections = 55;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static IAsyncEnumerable<Finding> Run(Patient patient, CancellationToken ct) => patient.IsPostgres ? Postgres(patient, ct) : Sqlite(patient, ct);

    private static async IAsyncEnumerable<Finding> Sqlite(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        Version version;
        string? tooOld = null;
        try
        {
            version = SqliteNative.CheckedVersion();
        }
        catch (StartRefusedException e)
        {
            (version, tooOld) = (new Version(0, 0), e.Message);
        }

        if (tooOld is not null)
        {
            yield return Finding.Problem(Check, tooOld, "Install it: without it the server does not start.");
            yield break;
        }

        yield return Finding.Ok(Check, $"SQLite {version}{(version < SqliteNative.Advised ? $" (below {SqliteNative.Advised}: the server's write gate keeps out a rare race that is mended there)" : "")}.");
        if (!File.Exists(patient.SqlitePath))
        {
            yield return Finding.Warning(Check, $"There is no database {patient.SqlitePath} yet.", "The first start makes it. If there should be one, --data or Database:Provider is wrong.");
        }
        else if (patient.IsRunning)
        {
            yield return Finding.Ok(Check, "The server is running; it and each backup look after the database's structure.");
        }
        else
        {
            yield return await Structure(patient.SqlitePath, ct);
        }
    }

    /// <summary>Read only: neither the file nor its journal is changed, which the next start would notice.</summary>
    private static async Task<Finding> Structure(string path, CancellationToken ct)
    {
        var looking = Task.Run(
            () =>
            {
                using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA quick_check(1)";
                return command.ExecuteScalar() as string ?? "";
            },
            ct);
        try
        {
            var found = await looking.WaitAsync(Patience, ct);
            return found == "ok" ? Finding.Ok(Check, "The database's structure is whole (quick_check).") : Damaged(path, found);
        }
        catch (TimeoutException)
        {
            return Finding.Ok(Check, $"The check of the database was ended after {Patience.TotalSeconds} s without a finding; each backup checks the whole.");
        }
        catch (SqliteException e)
        {
            return Damaged(path, e.Message);
        }
    }

    private static Finding Damaged(string path, string found) =>
        Finding.Problem(Check, $"{path} is damaged: {found.ReplaceLineEndings(" ")}", "Change nothing, keep a copy of the folder, and restore a backup: \"The database is damaged\" in docs/operations/incidents.md.");

    private static async IAsyncEnumerable<Finding> Postgres(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        var text = patient.Configuration["ConnectionStrings:Default"] ?? "";
        if (text.Length == 0)
        {
            yield return Finding.Problem(Check, "Database:Provider is PostgreSql, but ConnectionStrings:Default is empty.", "Set it, for example to Host=localhost;Database=chat;Username=chat;Password=….");
            yield break;
        }

        NpgsqlConnection? connection = null;
        string? problem = null;
        try
        {
            connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { Pooling = false, Timeout = 5 }.ToString());
            await connection.OpenAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException or TimeoutException or System.Net.Sockets.SocketException)
        {
            problem = e.Message;
        }

        await using (connection)
        {
            if (problem is not null)
            {
                yield return Finding.Problem(Check, $"PostgreSQL does not answer: {problem}", "See that it runs, and that ConnectionStrings:Default names its host, database, user and password.");
                yield break;
            }

            foreach (var finding in await Ask(connection!, new NpgsqlConnectionStringBuilder(text), ct))
            {
                yield return finding;
            }

            await foreach (var finding in PostgresProgram.Check(patient, connection!.PostgreSqlVersion.Major, ct))
            {
                yield return finding;
            }
        }
    }

    private static async Task<IReadOnlyList<Finding>> Ask(NpgsqlConnection connection, NpgsqlConnectionStringBuilder settings, CancellationToken ct)
    {
        var version = connection.PostgreSqlVersion;
        var findings = new List<Finding>
        {
            version.Major >= OldestPostgres ? Finding.Ok(Check, $"PostgreSQL {version} answers.") : Finding.Problem(Check, $"PostgreSQL {version} answers; {OldestPostgres} or later is needed.", "Upgrade it."),
        };
        await using var command = new NpgsqlCommand(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int, (SELECT count(*)::int FROM pg_stat_activity WHERE datname IS NOT NULL AND application_name <> 'doctor'), extract(epoch FROM clock_timestamp())::float8", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (places, used, now) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetDouble(2));
        var wanted = settings.ShouldSerialize("Maximum Pool Size") ? settings.MaxPoolSize + ServersConnections - 40 : ServersConnections;
        var text = string.Create(CultureInfo.InvariantCulture, $"It takes {places} connections, of which {used} are in use; the server opens up to {wanted}.");
        findings.Add(wanted > places ? Finding.Warning(Check, text, "Raise max_connections, or set Maximum Pool Size in ConnectionStrings:Default.") : Finding.Ok(Check, text));
        findings.Add(Clocks.Compare("the database's", DateTimeOffset.UnixEpoch.AddSeconds(now)));
        return findings;
    }
}

internal static class Clocks
{
    private const double WarnSeconds = 2;
    private const double MostSeconds = 30;

    public static Finding Compare(string whose, DateTimeOffset other)
    {
        var apart = Math.Abs((other - TimeProvider.System.GetUtcNow()).TotalSeconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"This machine's clock and {whose} are {apart:0.0} s apart.");
        return apart < WarnSeconds ? Finding.Ok("clock", text)
            : apart < MostSeconds ? Finding.Warning("clock", text, "Set both by NTP (timedatectl set-ntp true).")
            : Finding.Problem("clock", text, "Set both by NTP (timedatectl set-ntp true): codes of authenticator apps and the ends of sessions depend on it.");
    }
}
