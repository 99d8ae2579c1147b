using System.IO.Compression;

namespace ChatMonolith.Chatctl.Importing.Archives;

/// <summary>
/// An export in a zip, read in place: only its list of names is in memory. A list that no honest program writes (names that lead out,
/// links, doubles, parts that overlap) refuses the whole archive.
/// </summary>
internal sealed class ZipFileArchive : IArchive
{
    /// <summary>The type of a symbolic link among the Unix modes, which zip keeps in the upper half of the attributes.</summary>
    private const int UnixType = 0xF000;
    private const int UnixLink = 0xA000;
    private readonly ZipArchive zip;
    private readonly Dictionary<string, (ArchiveEntry Entry, ZipArchiveEntry Packed)> entries = new(StringComparer.Ordinal);

    public ZipFileArchive(string path)
    {
        Path = path;
        try
        {
            zip = ZipFile.OpenRead(path);
            Take(new FileInfo(path).Length);
        }
        catch (InvalidDataException e)
        {
            zip?.Dispose();
            throw new RefusedException($"{path} cannot be read as a zip file: {e.Message}");
        }
        catch
        {
            zip?.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public IReadOnlyCollection<ArchiveEntry> Entries => [.. entries.Values.Select(e => e.Entry)];

    public ArchiveEntry? Find(string name) => entries.TryGetValue(name, out var found) ? found.Entry : null;

    public Stream Open(ArchiveEntry entry) => new BoundedStream(entries[entry.Name].Packed.Open(), entry);

    public void Dispose() => zip.Dispose();

    private void Take(long length)
    {
        if (zip.Entries.Count > Archive.MostEntries)
        {
            throw new RefusedException($"{Path} has {zip.Entries.Count} entries; at most {Archive.MostEntries} are read.");
        }

        var packed = 0L;
        foreach (var entry in zip.Entries)
        {
            var name = Archive.Normal(entry.FullName) ?? throw new RefusedException($"{Path} has an entry whose name leads out of it: {Shown(entry.FullName)}. Nothing was read.");
            if (((entry.ExternalAttributes >> 16) & UnixType) == UnixLink)
            {
                throw new RefusedException($"{Path} has a link in it: {Shown(name)}. Nothing was read.");
            }

            packed += entry.CompressedLength;
            if (packed > length)
            {
                throw new RefusedException($"{Path} has parts that overlap: its entries say {packed} bytes or more, the file has {length}. Nothing was read.");
            }

            // A folder.
            if (name.EndsWith('/'))
            {
                continue;
            }

            if (!entries.TryAdd(name, (new ArchiveEntry(name, entry.Length, entry.CompressedLength, entry.Crc32), entry)))
            {
                throw new RefusedException($"{Path} has two entries of one name: {Shown(name)}. Nothing was read.");
            }
        }
    }

    private static string Shown(string name) => new([.. name.Take(200).Select(c => char.IsControl(c) ? '?' : c)]);
}
