using System.CommandLine;
using System.Globalization;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Chatctl.Offline;

/// <summary>Begins a new generation of the server's secret; nobody is logged out by it.</summary>
internal static class RotateKeys
{
    public static Command Command()
    {
        var data = DataOption.Create();
        var command = new Command(
            "rotate-keys",
            "Begins a new generation of secret.key in the data folder of a stopped server. What is signed and sealed from the next start on is so with the new one; access tokens of the generation before are taken until they end, and nobody is logged out. After a leak do it twice.")
        {
            data,
        };
        command.SetAction((parsed, _) => Refusal.Guard(() => Task.FromResult(Run(parsed.GetRequiredValue(data)))));
        return command;
    }

    private static int Run(string data)
    {
        if (!File.Exists(Path.Combine(data, ServerKeys.FileName)))
        {
            throw new RefusedException($"There is no {ServerKeys.FileName} in {Path.GetFullPath(data)}. Name the data folder of a server that has been started before.");
        }

        using var folder = new DataFolder(data);
        var generations = ServerKeys.Rotate(folder);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The server's secret has {generations} generations now. Start the server, and make a backup that has the new {ServerKeys.FileName}."));
        return 0;
    }
}
