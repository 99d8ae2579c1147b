using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace ChatMonolith.Host;

/// <summary>What lies beside the program when it is built, and inside it when it is one file (tools/release): the web client and its own settings.</summary>
internal static class Carried
{
    private const string Folder = "wwwroot";
    private const string Settings = "appsettings.json";
    private static readonly Assembly Own = typeof(Carried).Assembly;

    /// <summary>The folder beside the program wins, so that an operator can put another client there.</summary>
    public static IFileProvider Client() =>
        Path.Combine(AppContext.BaseDirectory, Folder) is var beside && Directory.Exists(beside) ? new PhysicalFileProvider(beside) : Inside.Read(Folder + "/");

    /// <summary>Below all other settings: a file beside the program, the environment and the command line win.</summary>
    public static void AddCarriedSettings(this ConfigurationManager configuration)
    {
        if (Own.GetManifestResourceInfo(Settings) is not null)
        {
            ((IConfigurationBuilder)configuration).Sources.Insert(0, new JsonConfigurationSource { FileProvider = Inside.Read(""), Path = Settings });
        }
    }

    public static IEnumerable<(string Path, byte[] Content)> All(IFileProvider files, string folder = "")
    {
        foreach (var entry in files.GetDirectoryContents(folder))
        {
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (entry.IsDirectory)
            {
                foreach (var below in All(files, path))
                {
                    yield return below;
                }
            }
            else
            {
                using var stream = entry.CreateReadStream();
                var content = new byte[entry.Length];
                stream.ReadExactly(content);
                yield return (path, content);
            }
        }
    }

    /// <summary>What is inside the program, by paths.</summary>
    private sealed class Inside(Dictionary<string, Entry> entries) : IFileProvider
    {
        public static Inside Read(string folder)
        {
            var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? AppContext.BaseDirectory);
            return new(Own.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal))
                .Select(n => new Entry(n, n[folder.Length..], built)).ToDictionary(e => e.FullPath, StringComparer.Ordinal));
        }

        public IFileInfo GetFileInfo(string subpath) =>
            entries.TryGetValue(subpath.TrimStart('/'), out var entry) ? entry : new NotFoundFileInfo(subpath);

        /// <summary>All of them, flat: who lists them wants their paths.</summary>
        public IDirectoryContents GetDirectoryContents(string subpath) =>
            subpath.Trim('/').Length == 0 ? new Listing(entries.Values) : NotFoundDirectoryContents.Singleton;

        public IChangeToken Watch(string filter) => NullChangeToken.Singleton;
    }

    private sealed class Listing(IEnumerable<IFileInfo> entries) : IDirectoryContents
    {
        public bool Exists => true;

        public IEnumerator<IFileInfo> GetEnumerator() => entries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>One file; its length is read when somebody asks.</summary>
    private sealed class Entry(string resource, string path, DateTime built) : IFileInfo
    {
        public string FullPath => path;

        public bool Exists => true;

        public long Length
        {
            get
            {
                using var stream = CreateReadStream();
                return stream.Length;
            }
        }

        public string? PhysicalPath => null;

        public string Name => path;

        public DateTimeOffset LastModified => new(built);

        public bool IsDirectory => false;

        public Stream CreateReadStream() => Own.GetManifestResourceStream(resource)!;
    }
}
