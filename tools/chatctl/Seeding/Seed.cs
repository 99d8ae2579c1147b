using System.CommandLine;
using System.Diagnostics;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Messaging.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>Fills an empty database in bulk, for load tests: as if all that had been registered, joined and said.</summary>
internal static class Seed
{
    /// <summary>What the server writes by itself before anybody registers.</summary>
    private static readonly string[] TablesOfAnEmptyServer = ["auth_installation", "msg_meta"];

    public static Command Command()
    {
        var data = DataOption.Create();
        var users = new Option<int>("--users") { Description = "People, at least 1. The first is the admin. All are in the room general.", Required = true };
        var rooms = new Option<string>("--rooms") { Description = "Private rooms; a list such as 1,200 makes groups of rooms.", DefaultValueFactory = _ => "1" };
        var members = new Option<string>("--members") { Description = "Members of each room, one number for each group; rooms take their people in turn.", DefaultValueFactory = _ => "5" };
        var messages = new Option<int>("--messages") { Description = "Messages, spread evenly over the rooms.", DefaultValueFactory = _ => 0 };
        var output = new Option<string?>("--out") { Description = "Where the access tokens go, mode 0600; left out: standard output.", HelpName = "file" };
        var command = new Command(
            "seed",
            """
            Fills an empty database with people, rooms and messages, and writes one JSON line for each person:
            {"userId","username","accessToken","rooms"}. Nobody has a password. The tokens are valid for Auth:AccessTokenMinutes
            (Auth__AccessTokenMinutes in the environment, at most 60). A database that holds anything else is refused.
            """)
        {
            data, users, rooms, members, messages, output,
        };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(
            parsed.GetRequiredValue(data),
            SeedPlan.Create(parsed.GetRequiredValue(users), parsed.GetRequiredValue(rooms), parsed.GetRequiredValue(members), parsed.GetValue(messages)),
            parsed.GetValue(output),
            ct)));
        return command;
    }

    private static async Task<int> Run(string data, SeedPlan plan, string? output, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        await using var server = await OfflineServer.Open(data, mayBeNew: true, ct);
        await RefuseUnlessEmpty(server, ct);
        var rows = new SeedRows(server, plan);
        await using (var tables = await BulkTables.Open(server.Services.GetRequiredService<Database>(), ct))
        {
            await rows.Write(tables, ct);
            await tables.Commit(ct);
        }

        var written = Stopwatch.GetTimestamp();
        var index = server.Services.GetRequiredService<SearchIndex>();
        index.EntriesPerBatch = Posting.BlockSize;
        await index.Follow(everywhere: true, static _ => Task.CompletedTask, ct);
        await rows.WriteTokens(output, ct);
        await Console.Error.WriteLineAsync(
            $"Seeded {plan.Users} people, {plan.Rooms.Count} rooms and general, {plan.Messages} messages in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, {Stopwatch.GetElapsedTime(written).TotalSeconds:F1} s of it for the search.");
        return 0;
    }

    private static async Task RefuseUnlessEmpty(OfflineServer server, CancellationToken ct)
    {
        foreach (var module in server.Services.GetServices<IModuleDatabase>())
        {
            await using var context = module.Create();
            foreach (var table in context.Model.GetEntityTypes().Select(t => t.GetTableName()).OfType<string>().Except(TablesOfAnEmptyServer, StringComparer.Ordinal))
            {
                if (await HasRows(context, table, ct))
                {
                    throw new RefusedException($"The database is not empty ({table} has rows). Seed a new data folder, or a new database.");
                }
            }
        }
    }

    private static async Task<bool> HasRows(ModuleDbContext context, string table, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct);
        await using var command = context.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The name is the model's own.
        command.CommandText = $"SELECT 1 FROM {table} LIMIT 1";
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(ct) is not null;
    }
}
