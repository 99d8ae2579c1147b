using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Backups.Format;

/// <summary>Files that are whole or not there: written beside, made durable, renamed; readable by their owner alone.</summary>
internal static class WholeFile
{
    public static void Write(string path, ReadOnlySpan<byte> bytes) => Put(path, path + ".new", bytes, overwrite: true);

    /// <summary>Writes it where there is none yet.</summary>
    /// <returns>False: another was first, and its file stays.</returns>
    public static bool WriteFirst(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            Put(path, temporary, bytes, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            return false;
        }
    }

    private static void Put(string path, string temporary, ReadOnlySpan<byte> bytes, bool overwrite)
    {
        using (var file = new FileStream(temporary, Options(FileMode.Create)))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite);
        FolderSync.Flush(Path.GetDirectoryName(path)!);
    }

    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows() && mode is FileMode.Create or FileMode.CreateNew)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
