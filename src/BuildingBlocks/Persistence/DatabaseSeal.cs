using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// After an orderly stop nobody writes the database until the next start, so its bytes are hashed at the one and compared at the other:
/// what SQLite's own checks cannot see, a changed byte of a text, is found as well. After a crash there is no seal.
/// </summary>
internal static class DatabaseSeal
{
    public const string FileName = "chat.seal";
    private const int SegmentBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Hashes as much as there is time for.</summary>
    public static void Write(string databasePath)
    {
        var seal = PathOf(databasePath);
        if (!File.Exists(databasePath) || HasJournal(databasePath))
        {
            return;
        }

        var size = new FileInfo(databasePath).Length;
        var made = JsonSerializer.SerializeToUtf8Bytes(new Content(size, Hashes(databasePath, Patience).ToList()));
        File.WriteAllBytes(seal + ".new", made);
        File.Move(seal + ".new", seal, overwrite: true);
    }

    /// <summary>Compares, and removes the seal: from here on the file changes.</summary>
    /// <param name="databasePath">The SQLite file.</param>
    /// <param name="isAccepted">The operator has changed the file on purpose.</param>
    /// <returns>Whether every byte of the file is as it was at the orderly stop.</returns>
    /// <exception cref="DamagedDatabaseException">The file is another than at the stop.</exception>
    public static bool Break(string databasePath, bool isAccepted)
    {
        var path = PathOf(databasePath);
        if (!File.Exists(path))
        {
            return false;
        }

        var isWhole = false;
        if (!isAccepted)
        {
            isWhole = Compare(databasePath, path);
        }

        File.Delete(path);
        return isWhole;
    }

    private static bool Compare(string databasePath, string path)
    {
        Content? seal;
        try
        {
            seal = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path));
        }
        catch (JsonException)
        {
            seal = null;
        }

        if (seal is null)
        {
            throw new DamagedDatabaseException($"{path} cannot be read. It says what the database was when the server stopped.");
        }

        var size = File.Exists(databasePath) ? new FileInfo(databasePath).Length : -1;
        if (size != seal.Size || HasJournal(databasePath))
        {
            throw new DamagedDatabaseException(size < 0 ? $"The database {databasePath} is gone." : $"The database {databasePath} is not the one that the server left at its last stop: it has {size} bytes in place of {seal.Size}, or a journal beside it.");
        }

        var checkedSegments = 0;
        foreach (var (now, then) in Hashes(databasePath, Patience).Zip(seal.Hashes ?? []))
        {
            if (now != then)
            {
                throw new DamagedDatabaseException($"The database {databasePath} was changed while the server was stopped, between the bytes {(long)checkedSegments * SegmentBytes} and {Math.Min(size, (checkedSegments + 1L) * SegmentBytes)}.");
            }

            checkedSegments++;
        }

        return (long)checkedSegments * SegmentBytes >= size;
    }

    private static IEnumerable<string> Hashes(string path, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        var buffer = new byte[1024 * 1024];
        while (file.Position < file.Length && clock.Elapsed < patience)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var left = SegmentBytes; left > 0;)
            {
                var read = file.Read(buffer, 0, Math.Min(left, buffer.Length));
                if (read == 0)
                {
                    break;
                }

                hash.AppendData(buffer, 0, read);
                left -= read;
            }

            yield return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    private static bool HasJournal(string databasePath) => ((string[])["-wal", "-journal"]).Any(s => new FileInfo(databasePath + s) is { Exists: true, Length: > 0 });

    private static string PathOf(string databasePath) => Path.Combine(Path.GetDirectoryName(databasePath)!, FileName);

    private sealed record Content(long Size, IReadOnlyList<string> Hashes);
}
