using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Blobs;

/// <summary>
/// Blobs as files: written under <c>unfinished/</c>, made durable, renamed into one of 65,536 folders by their own (random) name, and the
/// folder made durable too. Only then is there a row.
/// </summary>
internal sealed class DiskBlobStore : IBlobStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string root;
    private readonly string unfinished;

    public DiskBlobStore(DataFolder folder, IOptions<StorageOptions> options)
        : this(options.Value.Directory.Length > 0 ? Path.GetFullPath(options.Value.Directory) : folder.File("blobs"))
    {
    }

    public DiskBlobStore(string root)
    {
        this.root = root;
        unfinished = Path.Combine(root, "unfinished");
        CreateFolder(unfinished);
    }

    public Task<BlobWriter> Write(Guid id, long? length, BlobState state, CancellationToken ct)
    {
        var path = UnfinishedPath(id);
        if (state.Offset == 0)
        {
            return Task.FromResult<BlobWriter>(new DiskBlobWriter(this, id, Open(path, FileMode.Create), 0));
        }

        // Finished, and then its row was not committed: it goes on from where its row says.
        if (!File.Exists(path) && File.Exists(PathOf(id)))
        {
            File.Move(PathOf(id), path);
        }

        if (!File.Exists(path) || new FileInfo(path).Length < state.Offset)
        {
            throw new BlobLostException($"The unfinished file {path} does not have the {state.Offset} bytes that were acknowledged.");
        }

        var stream = Open(path, FileMode.Open);
        stream.SetLength(state.Offset);
        stream.Position = state.Offset;
        return Task.FromResult<BlobWriter>(new DiskBlobWriter(this, id, stream, state.Offset));
    }

    public Task<Stream?> Read(Guid id, long offset, long count, CancellationToken ct)
    {
        try
        {
            var stream = new FileStream(PathOf(id), new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });
            stream.Position = offset;
            return Task.FromResult<Stream?>(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task<long?> Length(Guid id, CancellationToken ct)
    {
        var file = new FileInfo(PathOf(id));
        return Task.FromResult<long?>(file.Exists ? file.Length : null);
    }

    public Task Remove(Guid id, BlobState unfinished, CancellationToken ct)
    {
        try
        {
            File.Delete(PathOf(id));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of that name was ever finished.
        }

        return RemoveUnfinished(id, ct);
    }

    public Task RemoveUnfinished(Guid id, CancellationToken ct)
    {
        File.Delete(UnfinishedPath(id));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<FoundBlob> List([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            if (Guid.TryParseExact(file.Name, "N", out var id))
            {
                yield return new FoundBlob(id, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds(), file.DirectoryName == unfinished);
            }
        }

        await Task.CompletedTask;
    }

    internal string PathOf(Guid id)
    {
        var name = id.ToString("N");
        return Path.Combine(root, name[..2], name[2..4], name);
    }

    /// <summary>The file is durable; now its name becomes so.</summary>
    private void Finish(Guid id)
    {
        var path = PathOf(id);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            CreateFolder(folder);
            FolderSync.Flush(root);
            FolderSync.Flush(Path.GetDirectoryName(folder)!);
        }

        File.Move(UnfinishedPath(id), path, overwrite: true);
        FolderSync.Flush(folder);
    }

    private string UnfinishedPath(Guid id) => Path.Combine(unfinished, id.ToString("N"));

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows() && mode is FileMode.Create)
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    private sealed class DiskBlobWriter : BlobWriter
    {
        private readonly DiskBlobStore store;
        private readonly Guid id;
        private readonly FileStream file;
        private bool hasName;

        public DiskBlobWriter(DiskBlobStore store, Guid id, FileStream file, long offset)
        {
            (this.store, this.id, this.file, Offset) = (store, id, file, offset);
            hasName = offset > 0;
        }

        public override async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            await file.WriteAsync(bytes, ct);
            Offset += bytes.Length;
        }

        public override Task<BlobState> Flush(CancellationToken ct)
        {
            file.Flush(flushToDisk: true);
            if (!hasName)
            {
                FolderSync.Flush(store.unfinished);
                hasName = true;
            }

            return Task.FromResult(new BlobState(Offset, ""));
        }

        public override async Task Finish(CancellationToken ct)
        {
            file.Flush(flushToDisk: true);
            await file.DisposeAsync();
            store.Finish(id);
        }

        public override ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
