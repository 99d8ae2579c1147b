using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Log;
using MediatR;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Sockets;

/// <summary>
/// Brings a socket from where its client was to where the logs are, without a hole: the log is read and written through at the
/// socket's pace up to what has been published; the last few frames, the <c>ok</c> and the first live event are put in order on the
/// hub's loop, between two events.
/// </summary>
internal static class Resume
{
    public const int MaxRooms = 5_000;
    private const int MaxRounds = 200;

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Resumed>("resume", (frame, call) => call.Mediator.Send(new Command(frame.Epoch, frame.UserSeq, frame.Rooms, call), call.Aborted));

    internal sealed record Frame(string? Epoch, long? UserSeq, IReadOnlyDictionary<string, long>? Rooms);

    internal sealed record Command(string? Epoch, long? UserSeq, IReadOnlyDictionary<string, long>? Rooms, SocketCall Call) : IRequest<Result<Resumed>>;

    internal sealed record Resumed(long UserSeq, bool Complete, IReadOnlyDictionary<string, RoomResumed> Rooms);

    internal sealed record RoomResumed(long Seq, string? Digest, bool Complete, string? Code);

    internal sealed class Handler(IRoomAccess access, LogWriter log, LogHeads heads, LogReader reader, Replays replays, Admission admission, Hub hub, Epoch epoch, IOptions<RealtimeOptions> options)
        : IRequestHandler<Command, Result<Resumed>>
    {
        public async Task<Result<Resumed>> Handle(Command command, CancellationToken cancellationToken)
        {
            var connection = command.Call.Connection;
            if (command.Rooms is { Count: > MaxRooms })
            {
                return Error.Validation("rooms", $"At most {MaxRooms} rooms.");
            }

            if (command.UserSeq is < 0 || command.Rooms?.Values.Any(seq => seq < 0) == true)
            {
                return Error.Validation("userSeq", "Numbers begin at 0.");
            }

            if (!connection.TakeResume())
            {
                return Error.Conflict("A socket resumes once, first, and only when it was opened with ?resume=1.");
            }

            var mine = await admission.Resumes.Through(ct => Mine(connection, ct), cancellationToken);
            var tracks = new List<Track>();
            await AddUserTrack(tracks, command, connection, cancellationToken);
            foreach (var (key, seq) in command.Rooms ?? new Dictionary<string, long>(StringComparer.Ordinal))
            {
                tracks.Add(await RoomTrack(key, seq, command.Epoch == epoch.Value, mine, cancellationToken));
            }

            return await Follow(command, connection, mine, tracks, cancellationToken);
        }

        private async Task<IReadOnlyCollection<Guid>> Mine(Connection connection, CancellationToken ct)
        {
            var all = await access.RoomsOf(connection.Caller.UserId, ct);
            return connection.OnlyRoom is { } only ? [.. all.Where(id => id == only)] : all.ToHashSet();
        }

        private async Task AddUserTrack(List<Track> tracks, Command command, Connection connection, CancellationToken ct)
        {
            var generation = heads.Generation;
            var from = command.UserSeq ?? 0;
            var head = await AtLeast(from, () => log.UserHead(connection.Caller.UserId, ct));
            var missed = head.Published.Seq - from;
            var complete = connection.OnlyRoom is null && command.Epoch == epoch.Value && missed is >= 0 and <= LogReader.MaxReplay;
            tracks.Add(new Track(connection.Caller.UserId, "", IsUser: true, head) { Cursor = from, IsComplete = complete, Generation = generation });
        }

        private async Task<Track> RoomTrack(string key, long seq, bool sameEpoch, IReadOnlyCollection<Guid> mine, CancellationToken ct)
        {
            if (!Guid.TryParseExact(key, "D", out var roomId) || !mine.Contains(roomId))
            {
                return new Track(default, key, IsUser: false, Head: null) { IsGone = true };
            }

            var generation = heads.Generation;
            var head = await AtLeast(seq, () => log.Head(roomId, ct));
            var missed = head.Published.Seq - seq;
            return new Track(roomId, key, IsUser: false, head) { Cursor = seq, IsComplete = sameEpoch && missed is >= 0 and <= LogReader.MaxReplay, Generation = generation };
        }

        /// <summary>What somebody has seen on another node, this one may not have followed yet.</summary>
        private async Task<LogHead> AtLeast(long seq, Func<ValueTask<LogHead>> load)
        {
            var head = await load();
            if (head.Published.Seq >= seq || !log.IsOneOfSeveral)
            {
                return head;
            }

            await log.Follow();
            return await load();
        }

        private async Task<Result<Resumed>> Follow(Command command, Connection connection, IReadOnlyCollection<Guid> mine, List<Track> tracks, CancellationToken ct)
        {
            for (var round = 0; ; round++)
            {
                var generation = heads.Generation;
                foreach (var track in tracks.Where(t => !t.IsGone && t.Generation != generation))
                {
                    (track.Head, track.Generation) = (track.IsUser ? await log.UserHead(track.Id, ct) : await log.Head(track.Id, ct), generation);
                }

                foreach (var track in tracks.Where(t => t is { IsComplete: true, IsGone: false }))
                {
                    await Replay(track, connection, ct);
                }

                if (round >= MaxRounds)
                {
                    // A log that outruns its reader for so long is reloaded instead.
                    tracks.ForEach(t => t.IsComplete = false);
                }

                if (await hub.Ask(floor => GoLive(floor, command, connection, mine, tracks)) is { } resumed)
                {
                    return resumed;
                }
            }
        }

        private async Task Replay(Track track, Connection connection, CancellationToken ct)
        {
            while (track.Cursor < track.Head!.Published.Seq)
            {
                var upTo = track.Head.Published.Seq;
                var (frames, last) = track.IsUser
                    ? await admission.Resumes.Through(token => UserPage(track, upTo, token), ct)
                    : await replays.Room(track.Id, track.Cursor, upTo, ct);
                if (frames.Count == 0)
                {
                    track.IsComplete = false;
                    return;
                }

                if (!await connection.WriteThrough(track.Id, frames))
                {
                    track.IsGone = true;
                    return;
                }

                track.Cursor = last;
            }
        }

        private async Task<ReplayPage> UserPage(Track track, long upTo, CancellationToken ct)
        {
            var frames = await reader.User(track.Id, track.Cursor, upTo, Replays.PageSize, ct);
            return new ReplayPage(frames, track.Cursor + frames.Count);
        }

        /// <returns>Null when a log has moved on too far meanwhile: read on and try again.</returns>
        private Resumed? GoLive(Floor floor, Command command, Connection connection, IReadOnlyCollection<Guid> mine, List<Track> tracks)
        {
            if (tracks.Exists(t => !t.IsGone && t.Generation != heads.Generation))
            {
                // What is in memory was read anew meanwhile; what this one holds moves no more.
                return null;
            }

            var current = Floor.Corrected(connection, mine);
            var tail = new List<(Guid Topic, OutFrame Frame)>();
            var bytes = 0;
            foreach (var track in tracks)
            {
                track.IsGone |= !track.IsUser && !current.Contains(track.Id);
                if (track.IsGone || !track.IsComplete || track.Head!.Published.Seq == track.Cursor)
                {
                    continue;
                }

                var recent = new List<OutFrame>();
                if (!floor.RecentAfter(track.Id, track.Cursor, track.Head.Published.Seq, recent))
                {
                    return null;
                }

                bytes += recent.Sum(f => f.Bytes.Length);
                tail.AddRange(recent.Select(f => (track.Id, f)));
            }

            if (bytes > options.Value.OutboxBytes / 4)
            {
                return null;
            }

            foreach (var (topic, frame) in tail)
            {
                connection.Send(frame, topic);
            }

            var resumed = new Resumed(
                tracks[0].Head!.Published.Seq,
                tracks[0].IsComplete,
                tracks.Skip(1).ToDictionary(t => t.Key, t => t.IsGone
                    ? new RoomResumed(0, null, Complete: false, ErrorCodes.NotFound)
                    : new RoomResumed(t.Head!.Published.Seq, Digest.Show(t.Head.Published.Digest), t.IsComplete, null), StringComparer.Ordinal));
            command.Call.Reply.Committed(resumed);
            floor.GoLive(connection, mine);
            return resumed;
        }
    }

    /// <summary>One log that is being followed.</summary>
    internal sealed record Track(Guid Id, string Key, bool IsUser, LogHead? Head)
    {
        /// <summary>Null for a room that is gone.</summary>
        public LogHead? Head { get; set; } = Head;

        /// <summary>Of the heads in memory when this one was taken.</summary>
        public int Generation { get; set; }

        public long Cursor { get; set; }

        public bool IsComplete { get; set; }

        public bool IsGone { get; set; }
    }
}
