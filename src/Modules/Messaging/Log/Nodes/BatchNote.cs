using System.Buffers.Binary;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>What of a room, besides its log, a commit changed.</summary>
[Flags]
internal enum RoomChange : byte
{
    None = 0,

    /// <summary>Who is in it: its entries say it.</summary>
    Members = 1,

    /// <summary>What else the other nodes may have in memory of it.</summary>
    Other = 2,

    /// <summary>It is deleted.</summary>
    Closed = 4,
}

/// <param name="Id">The room's, or the person's.</param>
/// <param name="From">Its log's last number before the commit.</param>
/// <param name="To">Where it stands after it; a person's log has no digest.</param>
/// <param name="Change">None for a person.</param>
internal sealed record LogMove(Guid Id, long From, LogHead.State To, RoomChange Change = RoomChange.None);

/// <summary>
/// What one commit did to the logs: for each room and person from where to where, so that another node reads the entries of those to whom
/// somebody listens there, and moves the heads of the others without reading anything.
/// </summary>
internal sealed record BatchNote(IReadOnlyList<LogMove> Rooms, IReadOnlyList<LogMove> Users)
{
    private const byte Version = 1;
    private const int DigestBytes = 32;
    private const int RoomBytes = 16 + 8 + 8 + DigestBytes + 1;
    private const int UserBytes = 16 + 8 + 8;

    public byte[] Write()
    {
        var bytes = new byte[1 + 8 + (Rooms.Count * RoomBytes) + (Users.Count * UserBytes)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), Rooms.Count);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Users.Count);
        var at = 9;
        foreach (var room in Rooms)
        {
            at = Write(bytes, at, room);
            room.To.Digest.CopyTo(bytes, at);
            at += DigestBytes;
            bytes[at++] = (byte)room.Change;
        }

        foreach (var user in Users)
        {
            at = Write(bytes, at, user);
        }

        return bytes;
    }

    /// <exception cref="InvalidDataException">Another version of the program wrote it otherwise.</exception>
    public static BatchNote Read(byte[] bytes)
    {
        if (bytes.Length < 9 || bytes[0] != Version)
        {
            throw new InvalidDataException("A node of another version writes its notes otherwise.");
        }

        var rooms = new LogMove[BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1))];
        var users = new LogMove[BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(5))];
        var at = 9;
        for (var i = 0; i < rooms.Length; i++, at += RoomBytes)
        {
            var (id, from, to) = Read(bytes, at);
            rooms[i] = new LogMove(id, from, new LogHead.State(to, bytes[(at + 32)..(at + 32 + DigestBytes)]), (RoomChange)bytes[at + 32 + DigestBytes]);
        }

        for (var i = 0; i < users.Length; i++, at += UserBytes)
        {
            var (id, from, to) = Read(bytes, at);
            users[i] = new LogMove(id, from, new LogHead.State(to, []));
        }

        return new BatchNote(rooms, users);
    }

    private static int Write(byte[] bytes, int at, LogMove move)
    {
        move.Id.TryWriteBytes(bytes.AsSpan(at), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at + 16), move.From);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at + 24), move.To.Seq);
        return at + 32;
    }

    private static (Guid Id, long From, long To) Read(byte[] bytes, int at) =>
        (new Guid(bytes.AsSpan(at, 16), bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at + 16)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at + 24)));
}
