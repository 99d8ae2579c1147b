namespace ChatMonolith.Chatctl.Importing;

/// <summary>
/// Where messages wait to be put in order. It holds texts, so it is its owner's alone, and it is removed at the end; what a crash left
/// of the last one beside the same data folder is removed by the next.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="wished">The operator's choice: a folder to make one in.</param>
    /// <param name="data">The data folder; null for a dry run.</param>
    public ScratchFolder(string? wished, string? data)
    {
        if (wished is null && data is null)
        {
            Path = Directory.CreateTempSubdirectory("chatctl-import-").FullName;
            return;
        }

        Path = wished is null ? System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(data!)) + ".importing" : System.IO.Path.Combine(System.IO.Path.GetFullPath(wished), "chatctl-importing");
        if (Directory.Exists(Path))
        {
            if (Directory.EnumerateFileSystemEntries(Path).Any(e => System.IO.Path.GetFileName(e) is not ("staging.db" or "staging.db-journal" or "export")))
            {
                throw new RefusedException($"{Path} holds other things than a scratch folder does. Name another with --scratch.");
            }

            Directory.Delete(Path, recursive: true);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, OwnerOnly);
        }
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
