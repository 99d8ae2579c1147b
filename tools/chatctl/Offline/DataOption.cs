using System.CommandLine;

namespace ChatMonolith.Chatctl.Offline;

internal static class DataOption
{
    public static Option<string> Create() => new("--data")
    {
        Description = "The server's data folder. The server must be stopped.",
        Required = true,
        HelpName = "folder",
    };
}
