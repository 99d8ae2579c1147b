using System.CommandLine;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Chatctl.Offline;
using ChatMonolith.Contracts.Files;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>
/// From a server on SQLite and its own disk to what the environment says, in one command: an export and an import, with the bytes of files
/// going straight from the one to the other. The old server is only read, but for its tail.
/// </summary>
internal static class Move
{
    private const string Scratch = ".moving";

    public static Command Command()
    {
        var from = new Option<string>("--from") { Description = "The data folder of the server on SQLite. It must be stopped, and stays as it is.", Required = true, HelpName = "folder" };
        var files = new Option<string>("--from-files") { Description = "Where that server has its files, if not in its data folder (its Storage__Directory).", DefaultValueFactory = _ => "", HelpName = "folder" };
        var data = new Option<string>("--data") { Description = "The data folder of the new server. Database__Provider, ConnectionStrings__Default and Storage__… say where it keeps the rest; the database must be empty.", Required = true, HelpName = "folder" };
        var command = new Command("move", "Moves a server from SQLite and its disk to what the environment says: PostgreSQL, S3 or both. Counts, hashes and the digest of every room's log are compared; all or nothing.") { from, files, data };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(from), parsed.GetValue(files) ?? "", parsed.GetRequiredValue(data), ct)));
        return command;
    }

    private static async Task<int> Run(string from, string files, string data, CancellationToken ct)
    {
        if (Path.GetFullPath(from) == Path.GetFullPath(data))
        {
            throw new RefusedException("The new server needs a data folder of its own: name another with --data.");
        }

        await using var old = await OfflineServer.Open(
            from, ["--Database:Provider=Sqlite", "--Storage:Provider=Disk", "--Storage:Directory=" + files, "--Nodes:Enabled=false"], ct);

        await using var server = await OfflineServer.Compose(data, before: root => Import.TakeSecret(from, data, root), ct);
        await Importer.RefuseContent(server.Services.GetRequiredService<Database>(), TableShape.All(server.Services.GetServices<IModuleDatabase>()), ct);

        // All texts in clear: its owner's alone, as everything that is made from here on, and gone at the end.
        var scratch = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)) + Scratch;
        Clear(scratch);
        try
        {
            Console.WriteLine("reading …");
            var export = await Export.Write(old, scratch, withBytes: false, ct);
            var bytes = old.Services.GetRequiredService<IStoredBytes>();
            await Import.Take(server, new ImportSource(scratch, export, async (blob, stop) => await bytes.Read(blob.Id, stop) ?? throw new RefusedException($"The file {blob.Id:N} is gone. Nothing was moved.")), ct);
        }
        finally
        {
            Clear(scratch);
        }

        Console.WriteLine($"Start the server with --Data:Directory={data} and the same settings. Keep {from} until you have seen that all is there; the two must not run at once.");
        return 0;
    }

    private static void Clear(string scratch)
    {
        if (Directory.Exists(scratch))
        {
            if (!Directory.Exists(Path.Combine(scratch, "tables")))
            {
                throw new RefusedException($"{scratch} holds other things than an interrupted move leaves. Remove it.");
            }

            Directory.Delete(scratch, recursive: true);
        }
    }
}
