namespace ChatMonolith.Chatctl.Importing.Archives;

/// <param name="Name">The path that it has in the export, with slashes.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Packed">The bytes that it takes in the archive.</param>
/// <param name="Crc">The checksum that the archive has of it; null where there is none.</param>
internal sealed record ArchiveEntry(string Name, long Size, long Packed, uint? Crc = null);

/// <summary>An export as another product has made it, in a zip or unpacked. It is only read, and nothing of it names anything here.</summary>
internal interface IArchive : IDisposable
{
    /// <summary>As an operator finds it again.</summary>
    string Path { get; }

    IReadOnlyCollection<ArchiveEntry> Entries { get; }

    ArchiveEntry? Find(string name);

    /// <summary>Never more bytes than <see cref="ArchiveEntry.Size"/> says, whatever is packed.</summary>
    /// <exception cref="InvalidDataException">When it is read: what is packed is damaged, or has another length or checksum.</exception>
    Stream Open(ArchiveEntry entry);
}

internal static class Archive
{
    /// <summary>So many names are held in memory; an export of more is taken in parts.</summary>
    public const int MostEntries = 1_000_000;

    /// <exception cref="RefusedException">There is nothing at <paramref name="path"/>, or what is there is hostile or damaged.</exception>
    public static IArchive Open(string path) =>
        Directory.Exists(path) ? new FolderArchive(path)
        : !File.Exists(path) ? throw new RefusedException($"There is no {path}.")
        : path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? new FolderArchive(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, System.IO.Path.GetFileName(path))
        : new ZipFileArchive(path);

    /// <summary>A name with slashes; null for one that leads out of the archive, or that no file has.</summary>
    public static string? Normal(string name)
    {
        var slashed = name.Replace('\\', '/');
        return slashed.Length is 0 or > 4_096 || slashed.Contains(':', StringComparison.Ordinal) && slashed.IndexOf(':', StringComparison.Ordinal) == 1 || slashed[0] == '/' || slashed.Any(char.IsControl)
            || slashed.TrimEnd('/').Split('/').Any(part => part is "" or "." or "..")
            ? null
            : slashed;
    }
}
