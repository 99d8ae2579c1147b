using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Chatctl.Importing;

/// <summary>A message as it was read, its text in our Markdown already.</summary>
internal sealed record StagedMessage(ImportedRoom Room, ImportedPerson Sender, long At, string Text)
{
    /// <summary>In UTC microseconds; what is said in one millisecond keeps its order.</summary>
    public long Sort { get; init; }

    public long? EditedAt { get; init; }

    public bool IsDeleted { get; init; }

    public long? PinnedAt { get; init; }

    public ImportedPerson? PinnedBy { get; init; }

    /// <summary>Of its thread's first message, as <see cref="Staging.Add(StagedMessage)"/> has answered it.</summary>
    public long? Root { get; init; }

    /// <summary>What the source calls it, within its room.</summary>
    public string? Key { get; init; }

    /// <summary>What the source calls its thread's first message.</summary>
    public string? RootKey { get; init; }

    public string Place { get; init; } = "";
}

/// <summary>Something that happened in a room, in the order of its log. Everything but the first five tells of the message.</summary>
internal readonly record struct StagedEvent(
    int Room, LogEntryType Type, long At, int By, string? Emoji,
    long Message, long MessageAt, int Sender, string Text, long? EditedAt, bool IsDeleted, long? PinnedAt, int? PinnedBy, int Files, long? Root, long? RootAt, int Replies, long? LastReplyAt);

internal readonly record struct StagedFile(string Entry, string Name);

/// <summary>
/// The messages of an export while they wait to be put in order. An export has them in another order than a room's log, and more of
/// them than fit into memory; they lie in a scratch database that is removed at the end, and that a crash may leave: nobody reads it.
/// </summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The texts are constant.")]
internal sealed class Staging : IDisposable
{
    private const string Tables =
        """
        PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536; PRAGMA temp_store=FILE;
        CREATE TABLE messages (n INTEGER PRIMARY KEY, room INTEGER NOT NULL, at INTEGER NOT NULL, sender INTEGER NOT NULL, text TEXT NOT NULL, edited INTEGER, deleted INTEGER NOT NULL,
          pinned INTEGER, pinned_by INTEGER, root INTEGER, files INTEGER NOT NULL DEFAULT 0, key TEXT, root_key TEXT, place TEXT);
        CREATE TABLE events (n INTEGER PRIMARY KEY, room INTEGER NOT NULL, sort INTEGER NOT NULL, type INTEGER NOT NULL, message INTEGER NOT NULL, by INTEGER NOT NULL, emoji TEXT);
        CREATE TABLE files (message INTEGER NOT NULL, position INTEGER NOT NULL, entry TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (message, position)) WITHOUT ROWID;
        CREATE TABLE threads (root INTEGER PRIMARY KEY, replies INTEGER NOT NULL, last INTEGER NOT NULL);
        """;

    private readonly SqliteConnection connection;
    private readonly SqliteTransaction transaction;
    private readonly SqliteStatement addMessage;
    private readonly SqliteStatement addEvent;
    private readonly SqliteStatement addFile;
    private readonly SqliteCommand files;
    private long last;

    public Staging(string folder)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "staging.db"), Pooling = false }.ToString());
        connection.Open();
        Run(Tables);
        transaction = connection.BeginTransaction();
        addMessage = new SqliteStatement(connection, "INSERT INTO messages (n, room, at, sender, text, edited, deleted, pinned, pinned_by, root, key, root_key, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        addEvent = new SqliteStatement(connection, "INSERT INTO events (room, sort, type, message, by, emoji) VALUES (?, ?, ?, ?, ?, ?)");
        addFile = new SqliteStatement(connection, "INSERT INTO files (message, position, entry, name) VALUES (?, ?, ?, ?)");
        files = Command("SELECT entry, name FROM files WHERE message = @0 ORDER BY position", 1);
    }

    /// <returns>Its number here.</returns>
    public long Add(StagedMessage m)
    {
        var n = ++last;
        var room = m.Room.Number;
        addMessage.Bind(n).Bind(room).Bind(m.At).Bind(m.Sender.Number).Bind(m.Text);
        Bind(addMessage, m.EditedAt).Bind(m.IsDeleted ? 1L : 0L);
        Bind(Bind(Bind(addMessage, m.PinnedAt), m.PinnedBy?.Number), m.Root).Bind(m.Key).Bind(m.RootKey).Bind(m.Key is null && m.RootKey is null ? null : m.Place).Run();
        Event(room, m.Sort, LogEntryType.MessageCreated, n, m.Sender);
        if (m.IsDeleted)
        {
            Event(room, m.Sort, LogEntryType.MessageDeleted, n, m.Sender);
        }

        if (m.EditedAt is { } edited)
        {
            Event(room, Math.Max(m.Sort, edited * 1000), LogEntryType.MessageEdited, n, m.Sender);
        }

        if (m.PinnedAt is { } pinned)
        {
            Event(room, Math.Max(m.Sort, pinned * 1000), LogEntryType.MessagePinned, n, m.PinnedBy!);
        }

        m.Room.FirstAt = Math.Min(m.Room.FirstAt, m.At);
        m.Sender.FirstAt = Math.Min(m.Sender.FirstAt, m.At);
        return n;
    }

    /// <param name="message">The message's number.</param>
    /// <param name="of">The message.</param>
    /// <param name="by">Who reacted.</param>
    /// <param name="emoji">A valid one; each of a person's once.</param>
    /// <param name="at">UTC milliseconds.</param>
    public void AddReaction(long message, StagedMessage of, ImportedPerson by, string emoji, long at) =>
        Event(of.Room.Number, Math.Max(of.Sort, at * 1000), LogEntryType.ReactionAdded, message, by, emoji);

    public void AddFiles(long message, IReadOnlyList<StagedFile> attached)
    {
        for (var i = 0; i < attached.Count; i++)
        {
            addFile.Bind(message).Bind(i).Bind(attached[i].Entry).Bind(attached[i].Name).Run();
        }

        Run($"UPDATE messages SET files = {attached.Count} WHERE n = {message}");
    }

    /// <summary>Everything was read: finds the threads' first messages, and makes the order.</summary>
    public void Settle(ImportReport report)
    {
        Run("CREATE INDEX keys ON messages (room, key, n) WHERE key IS NOT NULL");
        using (var twice = Command("SELECT m.n, m.place FROM messages m WHERE m.key IS NOT NULL AND EXISTS (SELECT 1 FROM messages f WHERE f.key IS NOT NULL AND f.room = m.room AND f.key = m.key AND f.n < m.n)", 0))
        {
            Run("CREATE TEMP TABLE doubles (n INTEGER PRIMARY KEY)");
            using var add = new SqliteStatement(connection, "INSERT INTO doubles (n) VALUES (?)");
            foreach (var (n, place) in Places(twice))
            {
                add.Bind(n).Run();
                report.Note("message.twice", place, "The same message stands in the export before; it is taken once.");
                report.Count("messages", -1);
            }
        }

        Run("DELETE FROM events WHERE message IN (SELECT n FROM doubles)");
        Run("DELETE FROM messages WHERE n IN (SELECT n FROM doubles)");
        Run("UPDATE messages SET root = (SELECT r.n FROM messages r WHERE r.key IS NOT NULL AND r.room = messages.room AND r.key = messages.root_key AND r.root_key IS NULL) WHERE root_key IS NOT NULL");
        using (var orphans = Command("SELECT n, place FROM messages WHERE root_key IS NOT NULL AND root IS NULL", 0))
        {
            foreach (var (_, place) in Places(orphans))
            {
                report.Note("thread.root", place, "The thread's first message is not in the export; the reply stands on its own.");
            }
        }

        Run("INSERT INTO threads SELECT root, COUNT(*), MAX(at) FROM messages WHERE root IS NOT NULL GROUP BY root");
        Run("CREATE INDEX ordered ON events (room, sort, n, type, message, by, emoji)");
        report.Count("replies in threads", Number("SELECT COUNT(*) FROM messages WHERE root IS NOT NULL"));
    }

    /// <summary>What happened in all rooms: room by room, each in the order of its log.</summary>
    public IEnumerable<StagedEvent> Events()
    {
        using var command = Command(
            """
            SELECT e.room, e.type, e.sort / 1000, e.by, e.emoji, m.n, m.at, m.sender, m.text, m.edited, m.deleted, m.pinned, m.pinned_by, m.files, m.root, r.at, t.replies, t.last
            FROM events e CROSS JOIN messages m ON m.n = e.message LEFT JOIN messages r ON r.n = m.root LEFT JOIN threads t ON t.root = m.n
            ORDER BY e.room, e.sort, e.n
            """,
            0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new StagedEvent(
                reader.GetInt32(0), (LogEntryType)reader.GetInt32(1), reader.GetInt64(2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetInt64(5), reader.GetInt64(6), reader.GetInt32(7), reader.GetString(8), Long(reader, 9), reader.GetInt32(10) != 0, Long(reader, 11), (int?)Long(reader, 12), reader.GetInt32(13),
                Long(reader, 14), Long(reader, 15), (int)(Long(reader, 16) ?? 0), Long(reader, 17));
        }
    }

    public IReadOnlyList<StagedFile> FilesOf(long message)
    {
        files.Parameters[0].Value = message;
        using var reader = files.ExecuteReader();
        var found = new List<StagedFile>();
        while (reader.Read())
        {
            found.Add(new StagedFile(reader.GetString(0), reader.GetString(1)));
        }

        return found;
    }

    public void Dispose()
    {
        foreach (var statement in (IDisposable[])[addMessage, addEvent, addFile, files])
        {
            statement.Dispose();
        }

        transaction.Dispose();
        connection.Dispose();
    }

    private static long? Long(SqliteDataReader reader, int i) => reader.IsDBNull(i) ? null : reader.GetInt64(i);

    private static List<(long Number, string Place)> Places(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var found = new List<(long, string)>();
        while (reader.Read())
        {
            found.Add((reader.GetInt64(0), reader.IsDBNull(1) ? "" : reader.GetString(1)));
        }

        return found;
    }

    private static SqliteStatement Bind(SqliteStatement statement, long? value) => value is { } number ? statement.Bind(number) : statement.BindNull();

    private void Event(int room, long sort, LogEntryType type, long message, ImportedPerson by, string? emoji = null) =>
        addEvent.Bind(room).Bind(sort).Bind((long)type).Bind(message).Bind(by.Number).Bind(emoji).Run();

    private void Run(string sql)
    {
        using var command = Command(sql, 0);
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = Command(sql, 0);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = "@" + i });
        }

        return command;
    }
}
