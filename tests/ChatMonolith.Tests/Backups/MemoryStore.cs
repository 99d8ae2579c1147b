using ChatMonolith.Backups.Stores;

namespace ChatMonolith.Tests.Backups;

/// <summary>A store's content in memory, so that thousands of damages cost no disk.</summary>
internal sealed class MemoryStore(Dictionary<string, byte[]> files) : IBackupStore
{
    public string Place => "memory";

    public Dictionary<string, byte[]> Files => files;

    /// <summary>When files were written; those that are not in it, long ago.</summary>
    public Dictionary<string, DateTimeOffset> Written { get; } = new(StringComparer.Ordinal);

    public static MemoryStore Load(string folder) =>
        new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllBytes, StringComparer.Ordinal));

    /// <summary>The same with one file replaced; null: without it.</summary>
    public MemoryStore With(string name, byte[]? bytes)
    {
        var other = new Dictionary<string, byte[]>(files, StringComparer.Ordinal);
        if (bytes is null)
        {
            other.Remove(name);
        }
        else
        {
            other[name] = bytes;
        }

        return new MemoryStore(other);
    }

    public Task Write(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        files[name] = bytes.ToArray();
        return Task.CompletedTask;
    }

    public Task<Stream?> Read(string name, CancellationToken ct) => Task.FromResult<Stream?>(files.TryGetValue(name, out var bytes) ? new MemoryStream(bytes, writable: false) : null);

    public Task<long?> Length(string name, CancellationToken ct) => Task.FromResult<long?>(files.TryGetValue(name, out var bytes) ? bytes.Length : null);

    public async IAsyncEnumerable<StoreEntry> List(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var (name, bytes) in files.Where(f => f.Key.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            yield return new StoreEntry(name, bytes.Length, Written.GetValueOrDefault(name));
        }

        await Task.CompletedTask;
    }

    public Task Remove(string name, CancellationToken ct)
    {
        files.Remove(name);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }
}
