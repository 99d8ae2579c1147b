using System.Runtime.CompilerServices;
using ChatMonolith.Backups.Format;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Backups.Stores;

/// <summary>A folder, on this machine or mounted from another.</summary>
internal sealed class FolderStore : IBackupStore
{
    private const string Unfinished = "unfinished";
    private readonly string root;

    /// <param name="root">The folder.</param>
    /// <param name="make">False: it must be there.</param>
    /// <exception cref="BackupRefusedException">It is not there, or cannot be made.</exception>
    public FolderStore(string root, bool make)
    {
        this.root = Path.GetFullPath(root);
        try
        {
            if (make)
            {
                WholeFile.CreateFolder(Path.Combine(this.root, Unfinished));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException($"The folder for backups, {this.root}, cannot be made: {e.Message}");
        }

        if (!Directory.Exists(this.root))
        {
            throw new BackupRefusedException($"There is no folder {this.root}.");
        }
    }

    public string Place => root;

    public async Task Write(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var path = PathOf(name);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            WholeFile.CreateFolder(folder);
            FolderSync.Flush(root);
            FolderSync.Flush(Path.GetDirectoryName(folder)!);
        }

        var temporary = Path.Combine(root, Unfinished, Guid.NewGuid().ToString("N"));
        WholeFile.CreateFolder(Path.GetDirectoryName(temporary)!);
        try
        {
            await using (var file = new FileStream(temporary, WholeFile.Options(FileMode.CreateNew)))
            {
                await file.WriteAsync(bytes, ct).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FolderSync.Flush(folder);
    }

    public Task<Stream?> Read(string name, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(PathOf(name), new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous }));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task<long?> Length(string name, CancellationToken ct)
    {
        var file = new FileInfo(PathOf(name));
        return Task.FromResult<long?>(file.Exists ? file.Length : null);
    }

    public async IAsyncEnumerable<StoreEntry> List(string folder, [EnumeratorCancellation] CancellationToken ct)
    {
        var below = new DirectoryInfo(Path.Combine(root, folder));
        foreach (var file in below.Exists ? below.EnumerateFiles("*", SearchOption.AllDirectories) : [])
        {
            ct.ThrowIfCancellationRequested();

            // Retention may have removed it since it was listed.
            if (file.Exists)
            {
                yield return new StoreEntry(Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
            }
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task Remove(string name, CancellationToken ct)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder.
        }

        return Task.CompletedTask;
    }

    /// <summary>Removes what a killed backup was writing.</summary>
    /// <param name="before">What is younger may be another server's, which is writing it.</param>
    public void Tidy(DateTimeOffset before)
    {
        var unfinished = new DirectoryInfo(Path.Combine(root, Unfinished));
        foreach (var left in unfinished.Exists ? unfinished.GetFiles().Where(f => f.LastWriteTimeUtc < before.UtcDateTime) : [])
        {
            left.Delete();
        }
    }

    public void Dispose()
    {
    }

    private string PathOf(string name) => Path.Combine(root, name);
}
