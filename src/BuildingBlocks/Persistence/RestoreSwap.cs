using System.Text.Json;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>
/// Puts a restored copy in the place of what a data folder holds. The copy lies ready inside the folder; from the moment that the marker
/// is durable it is what counts, and whoever opens the folder next ends what a killed process had begun. The old content is moved aside,
/// not removed.
/// </summary>
public static class RestoreSwap
{
    public const string MarkerFile = "restore.swap";
    public const string NewFolder = "restore-new";

    /// <summary>What a restore replaces; all else in the folder stays.</summary>
    private static readonly string[] Entries =
    [
        "chat.db", "chat.db-wal", "chat.db-shm", "chat.db-journal", "jobs.db", "jobs.db-wal", "jobs.db-shm", "jobs.db-journal", DatabaseSeal.FileName, Witness.FileName,
        "secret.key", "backup-signing.key", "backup-signing.pub", "blobs", "exports", "thumbnails", "parts",
    ];

    private enum Step
    {
        Out,
        In,
    }

    /// <summary>Where the old content goes.</summary>
    public static string OldFolder(string id) => "before-restore-" + id;

    /// <summary>The point of no return: the copy in <see cref="NewFolder"/> is whole, checked and durable.</summary>
    /// <param name="root">The data folder, whose lock the caller holds.</param>
    /// <param name="id">A name for the restore.</param>
    public static void Begin(string root, string id)
    {
        Write(root, new Marker(id, Step.Out));
        Finish(root);
    }

    /// <summary>Ends a swap that was begun; nothing where none was. Each step can be repeated.</summary>
    public static void Finish(string root)
    {
        var path = Path.Combine(root, MarkerFile);
        if (!File.Exists(path))
        {
            return;
        }

        var marker = Read(path);
        var (old, fresh) = (Path.Combine(root, OldFolder(marker.Id)), Path.Combine(root, NewFolder));
        if (marker.Step is Step.Out)
        {
            Directory.CreateDirectory(old);
            Move(root, old);
            marker = marker with { Step = Step.In };
            Write(root, marker);
        }

        if (Directory.Exists(fresh))
        {
            Move(fresh, root);
            Directory.Delete(fresh, recursive: true);
        }

        if (Directory.Exists(old) && !Directory.EnumerateFileSystemEntries(old).Any())
        {
            Directory.Delete(old);
        }

        File.Delete(path);
        FolderSync.Flush(root);
    }

    private static void Move(string from, string to)
    {
        foreach (var entry in Entries)
        {
            var (source, target) = (Path.Combine(from, entry), Path.Combine(to, entry));
            if (Path.Exists(target))
            {
                continue;
            }

            if (Directory.Exists(source))
            {
                Directory.Move(source, target);
            }
            else if (File.Exists(source))
            {
                File.Move(source, target);
            }
        }

        FolderSync.Flush(to);
        FolderSync.Flush(from);
    }

    private static Marker Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<Marker>(File.ReadAllBytes(path)) is { Id.Length: 32 } marker && marker.Id.All(char.IsAsciiHexDigitLower))
            {
                return marker;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new StartRefusedException($"{path} cannot be read: a restore was interrupted. Its copy lies in {NewFolder}, the earlier content in a folder before-restore-…; restore once more.");
    }

    private static void Write(string root, Marker marker)
    {
        var path = Path.Combine(root, MarkerFile);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(marker));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
        FolderSync.Flush(root);
    }

    private sealed record Marker(string Id, Step Step);
}
