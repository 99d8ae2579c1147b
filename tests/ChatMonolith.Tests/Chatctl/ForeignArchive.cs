using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>An export of another product, made by hand: files by name, written as a zip or as a folder.</summary>
internal sealed class ForeignArchive
{
    private readonly List<(string Name, byte[] Bytes)> files = [];

    public ForeignArchive Add(string name, byte[] bytes)
    {
        files.Add((name, bytes));
        return this;
    }

    public ForeignArchive Add(string name, string text) => Add(name, Encoding.UTF8.GetBytes(text));

    public ForeignArchive Json(string name, object content) => Add(name, JsonSerializer.SerializeToUtf8Bytes(content));

    /// <summary>JSON lines; texts go in as they are.</summary>
    public ForeignArchive Lines(string name, params IEnumerable<object> lines) =>
        Add(name, string.Join('\n', lines.Select(l => l as string ?? JsonSerializer.Serialize(l))) + "\n");

    public string Zip(string path, Action<ZipArchive>? more = null)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, bytes) in files)
        {
            using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
            entry.Write(bytes);
        }

        more?.Invoke(zip);
        return path;
    }

    public string Folder(string path)
    {
        foreach (var (name, bytes) in files)
        {
            var file = Path.Combine(path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }

        return path;
    }
}
