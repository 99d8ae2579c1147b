namespace ChatMonolith.Chatctl.Importing.Archives;

/// <summary>An export that was unpacked. Links are not followed: they could lead anywhere on this machine.</summary>
internal sealed class FolderArchive : IArchive
{
    private readonly string root;
    private readonly Dictionary<string, ArchiveEntry> entries = new(StringComparer.Ordinal);

    /// <param name="root">The folder.</param>
    /// <param name="only">Of the files directly in it, this one alone counts.</param>
    public FolderArchive(string root, string? only = null)
    {
        this.root = System.IO.Path.GetFullPath(root);
        Path = only is null ? root : System.IO.Path.Combine(root, only);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false, MaxRecursionDepth = 32 };
        foreach (var file in new DirectoryInfo(this.root).EnumerateFiles("*", options))
        {
            var name = System.IO.Path.GetRelativePath(this.root, file.FullName).Replace(System.IO.Path.DirectorySeparatorChar, '/');
            if (only is not null && name != only && !name.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }

            if (entries.Count == Archive.MostEntries)
            {
                throw new RefusedException($"{root} has more than {Archive.MostEntries} files.");
            }

            entries.Add(name, new ArchiveEntry(name, file.Length, file.Length));
        }
    }

    public string Path { get; }

    public IReadOnlyCollection<ArchiveEntry> Entries => entries.Values;

    public ArchiveEntry? Find(string name) => entries.GetValueOrDefault(name);

    public Stream Open(ArchiveEntry entry) => new BoundedStream(File.OpenRead(System.IO.Path.Combine(root, entry.Name)), entry);

    public void Dispose()
    {
    }
}
