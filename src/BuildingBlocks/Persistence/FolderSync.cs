using System.Runtime.InteropServices;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Makes the names in a folder durable: a file whose folder was not flushed can be gone after a loss of power (fsync(2)).</summary>
public static partial class FolderSync
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The disk does not answer.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened.", Marshal.GetLastPInvokeError());
        }

        try
        {
            if (Flush(descriptor) != 0)
            {
                throw new IOException($"The folder {folder} cannot be flushed.", Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
