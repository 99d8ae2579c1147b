using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// Judges a run on several nodes: I1 to I7 of one node's log by <see cref="HistoryChecker"/>, that all nodes have that same log (I3), and
/// what is about more than the log (I8 to I11 of hardening, part C). A line for each violation, named by its invariant.
/// </summary>
public static class ClusterChecker
{
    /// <summary>The server counts no further (<c>unreadCount</c>).</summary>
    private const int MostUnread = 1_000;

    public static IReadOnlyList<string> Check(ClusterHistory history, Aftermath aftermath)
    {
        var rooms = aftermath.Rooms.GroupBy(r => r.Room.Room).Select(g => g.ToArray()).ToArray();
        var logs = rooms.Select(r => r[0].Room).ToArray();
        return
        [
            .. HistoryChecker.Check(history.Messages, logs),
            .. rooms.SelectMany(SameOnAllNodes),
            .. ReadYourWrites(history),
            .. logs.SelectMany(log => NothingBehindAFence(history, log)),
            .. logs.SelectMany(log => Positions(history, aftermath, log)),
            .. Files(history, aftermath),
        ];
    }

    private static IEnumerable<string> SameOnAllNodes(NodeRead[] reads)
    {
        var first = reads[0];
        foreach (var other in reads.Skip(1))
        {
            if (!other.Room.Log.SequenceEqual(first.Room.Log))
            {
                yield return $"I3 order: {other.Node} has another log of {first.Room.Room} than {first.Node}: {Difference(first.Room.Log, other.Room.Log)}";
            }

            if (!other.Room.Messages.SequenceEqual(first.Room.Messages))
            {
                yield return $"I3 order: {other.Node} has another history of {first.Room.Room} than {first.Node}: {Difference(first.Room.Messages, other.Room.Messages)}";
            }

            if ((other.Room.LastSeq, other.Room.Digest) != (first.Room.LastSeq, first.Room.Digest))
            {
                yield return $"I3 order: {other.Node} says {other.Room.Digest} at {other.Room.LastSeq} of {first.Room.Room}, {first.Node} {first.Room.Digest} at {first.Room.LastSeq}";
            }
        }
    }

    private static string Difference<T>(IReadOnlyList<T> left, IReadOnlyList<T> right)
    {
        var at = left.Zip(right).TakeWhile(p => Equals(p.First, p.Second)).Count();
        return $"{left.Count} and {right.Count} entries, the first difference at {at}: {left.ElementAtOrDefault(at)} and {right.ElementAtOrDefault(at)}";
    }

    /// <summary>No answer, and that a node cannot serve at the moment, say nothing; any other answer must be the message.</summary>
    private static IEnumerable<string> ReadYourWrites(ClusterHistory history) =>
        history.ReadBacks.Where(r => r.Status is not (0 or 503 or 502 or 504) && (r.Status != 200 || r.Found != r.Expected))
            .Select(r => $"I8 read your write: {r.What} was acknowledged; {r.Node} then answered {r.Status} \"{r.Found}\" where \"{r.Expected}\" was due");

    /// <summary>
    /// What was on its way when the call returned may still come: so what was sent afterwards is what must not. It has numbers of its own, and
    /// from the first of them on nothing reaches the one whose right has ended, and nothing comes from them.
    /// </summary>
    private static IEnumerable<string> NothingBehindAFence(ClusterHistory history, FinalRead log)
    {
        foreach (var fence in history.Fences.Where(f => f.Room == log.Room))
        {
            var after = history.Messages.Operations.Where(o => o.Room == fence.Room && o.Client != fence.Client && o.InvokedAt > fence.At && o.IsAcknowledged)
                .Select(o => o.Acknowledgements[0].Seq).ToArray();
            if (after.Length == 0)
            {
                yield return $"I9 proves nothing: nobody sent anything after the fence of {fence.Client}";
                continue;
            }

            var first = after.Min();
            foreach (var observation in history.Messages.Observations.Where(o => o.Room == fence.Room && o.Reader == fence.Client))
            {
                var leaked = observation.Entries.Where(e => e.Seq >= first).ToArray();
                if (leaked.Length > 0)
                {
                    yield return $"I9 fence: {fence.Client} got {leaked.Length} entries from {leaked[0].Seq} on, though what stands from {first} on was sent after their right had ended";
                }
            }

            var own = history.Messages.Operations.Where(o => o.Room == fence.Room && o.Client == fence.Client).Select(o => o.ClientId).ToHashSet(StringComparer.Ordinal);
            foreach (var line in log.Log.Where(l => l.Seq > first && own.Contains(l.ClientId)).Take(1))
            {
                yield return $"I9 fence: {line} was written by {fence.Client} after their right had ended (before {first})";
            }
        }
    }

    private static IEnumerable<string> Positions(ClusterHistory history, Aftermath aftermath, FinalRead log)
    {
        foreach (var position in aftermath.Positions.Where(p => p.Room == log.Room))
        {
            var due = log.Log.Count(l => l.Type == "message.created" && l.Seq > position.LastRead && l.By != position.Person);
            if (position.Unread != Math.Min(due, MostUnread))
            {
                yield return $"I10 unread: {position.Node} counts {position.Unread} behind {position.LastRead} for {position.Person}; it is {due}";
            }

            var mark = history.Marks.Where(m => m.Room == log.Room && m.Person == position.Person).Select(m => m.Seq).DefaultIfEmpty().Max();
            if (position.LastRead < mark)
            {
                yield return $"I10 unread: {position.Person} had read to {mark}, acknowledged; {position.Node} says {position.LastRead}";
            }
        }
    }

    private static IEnumerable<string> Files(ClusterHistory history, Aftermath aftermath)
    {
        foreach (var file in history.Files)
        {
            var reads = aftermath.Files.Where(r => r.Id == file.Id).ToArray();
            if (reads.Length == 0)
            {
                yield return $"I11 files: {file.Id} was acknowledged, and nobody read it in the end";
            }

            foreach (var read in reads.Where(r => r.Status != 200 || r.Sha256 != file.Sha256))
            {
                yield return $"I11 files: {file.Id} was acknowledged as {file.Sha256}; {read.Node} answers {read.Status} {read.Sha256}";
            }
        }
    }
}
