using ChatMonolith.Backups.Creating;
using ChatMonolith.Chatctl.Importing.Archives;
using ChatMonolith.Chatctl.Importing.Texts;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>What reading an export needs, and where what is read goes.</summary>
internal sealed record Reading(IArchive Archive, Workspace Workspace, Staging Staging, ImportReport Report, EmojiNames Emoji, long Now, long MaxFileBytes, IProgress<BackupProgress> Progress)
{
    /// <summary>A file that inflates by more than this, and is larger than <see cref="BombBytes"/>, is not unpacked.</summary>
    private const long BombRatio = 200;
    private const long BombBytes = 64 * 1024 * 1024;
    private const int MostReactions = 50;

    /// <summary>Bytes of the files that come.</summary>
    public long FileBytes { get; private set; }

    /// <summary>Adds a message, in parts where it is too long; what belongs to it goes to the first.</summary>
    /// <returns>The number of the first part.</returns>
    public long Add(StagedMessage message, IReadOnlyList<StagedFile> files, IEnumerable<(ImportedPerson By, string Emoji, long At)> reactions)
    {
        var parts = message.Text.Length == 0 ? [""] : Markup.Parts(message.Text);
        var first = Staging.Add(message with { Text = parts.Count == 0 ? "" : parts[0] });
        if (files.Count > 0)
        {
            Staging.AddFiles(first, files);
        }

        var seen = new HashSet<(int, string)>();
        var emojis = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (by, emoji, at) in reactions)
        {
            if (emojis.Count == MostReactions && !emojis.Contains(emoji))
            {
                Report.Note("reaction.many", message.Place, $"The message has more than {MostReactions} different reactions.");
            }
            else if (seen.Add((by.Number, emoji)))
            {
                emojis.Add(emoji);
                Staging.AddReaction(first, message, by, emoji, at);
                Report.Count("reactions");
            }
        }

        foreach (var part in parts.Skip(1))
        {
            Staging.Add(message with { Text = part, Key = null, PinnedAt = null, EditedAt = null });
        }

        if (parts.Count > 1)
        {
            Report.Note("message.long", message.Place, $"The message has {message.Text.Length} characters; it comes as {parts.Count} messages.");
        }

        Report.Count("messages", parts.Count);
        Report.Count("pins", message.PinnedAt is null ? 0 : 1);
        return first;
    }

    /// <summary>Whether an entry of the archive can come as a file; it is not opened yet.</summary>
    public bool Accepts(ArchiveEntry entry, string place)
    {
        if (entry.Size > MaxFileBytes)
        {
            Report.Note("file.large", place, $"{entry.Name} has {entry.Size} bytes; a file has at most {MaxFileBytes} here (Files:MaxFileBytes).");
            return false;
        }

        if (entry.Size > BombBytes && entry.Size / BombRatio > entry.Packed)
        {
            Report.Note("file.bomb", place, $"{entry.Name} would inflate from {entry.Packed} to {entry.Size} bytes; it is not unpacked.");
            return false;
        }

        FileBytes += entry.Size;
        Report.Count("files");
        Report.Count("bytes of files", entry.Size);
        return true;
    }
}

/// <summary>An export of another product.</summary>
internal interface IForeignExport
{
    /// <summary>Reads everything, from its beginning to its end.</summary>
    void Read(Reading reading, CancellationToken ct);
}
