using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// The one folder that holds everything the server owns on disk. Holding a <see cref="DataFolder"/> is holding its lock: a second
/// process on the same folder is refused, because two writers would each hand out the same numbers.
/// </summary>
public sealed partial class DataFolder : IDisposable
{
    private const uint GroupAndOthers = 0x3F;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream lockFile;

    public DataFolder(IOptions<DataOptions> options)
        : this(options.Value.Directory)
    {
    }

    /// <exception cref="StartRefusedException">Another process holds the folder, or it cannot be written.</exception>
    public DataFolder(string directory)
    {
        Root = Path.GetFullPath(directory);
        KeepNewFilesToOwner();
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Root);
            }
            else
            {
                Directory.CreateDirectory(Root, OwnerOnly | UnixFileMode.UserExecute);
            }

            lockFile = new FileStream(Path.Combine(Root, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            RestoreSwap.Finish(Root);
        }
        catch (IOException e)
        {
            throw new StartRefusedException($"The data folder {Root} is in use by another process, or cannot be written: {e.Message} Stop the other server, or set Data:Directory to another folder.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartRefusedException($"The data folder {Root} cannot be written: {e.Message} Give this user the right to write there, or set Data:Directory.", e);
        }
    }

    public string Root { get; }

    public string File(string name) => Path.Combine(Root, name);

    /// <summary>
    /// A secret of this server in generations of <paramref name="length"/> bytes, the newest first; made when there is none. Mode 0600.
    /// </summary>
    public byte[] ReadOrCreateSecret(string name, int length, int mostGenerations = 1)
    {
        var path = File(name);
        if (System.IO.File.Exists(path))
        {
            var existing = System.IO.File.ReadAllBytes(path);
            return existing.Length > 0 && existing.Length % length == 0 && existing.Length <= length * mostGenerations
                ? existing
                : throw new StartRefusedException($"The secret {path} has {existing.Length} bytes where {length} are expected. Restore it from a backup: without it nobody stays logged in.");
        }

        var secret = RandomNumberGenerator.GetBytes(length);
        WriteSecret(path, secret, overwrite: false);
        return secret;
    }

    /// <summary>Puts another secret in the place of one: the old or the new one is there at each moment, whole.</summary>
    public void ReplaceSecret(string name, byte[] secret) => WriteSecret(File(name), secret, overwrite: true);

    private static void WriteSecret(string path, byte[] secret, bool overwrite)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(secret);
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(temporary, path, overwrite);
    }

    public void Dispose() => lockFile.Dispose();

    /// <summary>Databases and journals are made by libraries with whatever mode the process allows: only the owner's.</summary>
    private static void KeepNewFilesToOwner()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetFileModeMask(GroupAndOthers);
        }
    }

    /// <summary>umask(2).</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint SetFileModeMask(uint mask);
}
