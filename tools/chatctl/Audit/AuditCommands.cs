using System.CommandLine;
using ChatMonolith.Admin.Audit;
using ChatMonolith.Chatctl.Offline;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Chatctl.Audit;

/// <summary>Verifies and exports the audit log in the data folder of a stopped server.</summary>
internal static class AuditCommands
{
    private const int Broken = 1;

    public static Command Command() => new("audit", "The log of who did what to whom, in the data folder of a stopped server.") { Verify(), Export() };

    private static Command Verify()
    {
        var data = DataOption.Create();
        var head = new Option<string?>("--head") { Description = "The hash of the last entry at an earlier time, as verify and export print it: all up to there must still be the same.", HelpName = "hash" };
        var command = new Command("verify", "Reads every entry and names the first that was changed, dropped, put elsewhere or cut off. Exit code 1 if there is one.") { data, head };
        command.SetAction((parsed, ct) => Refusal.Guard(() => RunVerify(parsed.GetRequiredValue(data), parsed.GetValue(head), ct)));
        return command;
    }

    private static Command Export()
    {
        var data = DataOption.Create();
        var to = new Option<string>("--to") { Description = "A new file.", Required = true, HelpName = "file" };
        var command = new Command("export", "Writes every entry as a line of JSON, the oldest first.") { data, to };
        command.SetAction((parsed, ct) => Refusal.Guard(() => RunExport(parsed.GetRequiredValue(data), parsed.GetRequiredValue(to), ct)));
        return command;
    }

    private static async Task<int> RunVerify(string data, string? head, CancellationToken ct)
    {
        await using var server = await OfflineServer.Open(data, mayBeNew: false, ct);
        var check = server.Services.GetRequiredService<AuditCheck>();
        if (await check.Run(ct) is { IsWhole: false } verdict)
        {
            Console.WriteLine($"BROKEN at entry {verdict.BrokenAt}: {verdict.Problem}.");
            return Broken;
        }

        if (head is not null && !await check.Holds(head, ct))
        {
            Console.WriteLine($"BROKEN: no entry has the hash {head}. The log is another one, or the entry was removed by retention.");
            return Broken;
        }

        await server.Services.GetRequiredService<AuditSealing>().Seal(ct);
        var whole = await check.Run(ct);
        Console.WriteLine($"whole: {whole.Entries} entries, {whole.FirstSeq} to {whole.LastSeq}");
        Console.WriteLine($"head: {whole.Head}");
        return 0;
    }

    private static async Task<int> RunExport(string data, string to, CancellationToken ct)
    {
        await using var server = await OfflineServer.Open(data, mayBeNew: false, ct);
        await using var scope = server.Services.CreateAsyncScope();
        await using var file = Create(to);
        var count = await scope.ServiceProvider.GetRequiredService<AuditExport>().Write(file, new AuditFilters(), ct);
        var verdict = await server.Services.GetRequiredService<AuditCheck>().Run(ct);
        Console.WriteLine($"{count} entries written");
        Console.WriteLine($"head: {verdict.Head}");
        return 0;
    }

    private static FileStream Create(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            return new FileStream(path, options);
        }
        catch (IOException e)
        {
            throw new RefusedException(e.Message);
        }
    }
}
