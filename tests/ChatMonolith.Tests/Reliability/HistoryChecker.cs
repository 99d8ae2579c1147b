namespace ChatMonolith.Tests.Reliability;

/// <summary>
/// Compares what clients were told with what is there afterwards, in the manner of Jepsen (hardening, part C). Returns a line for each
/// violation, named by its invariant; none is the only pass.
/// </summary>
public static class HistoryChecker
{
    public static IReadOnlyList<string> Check(History history, IReadOnlyList<FinalRead> rooms)
    {
        var violations = new List<string>(history.Defects);
        foreach (var room in rooms)
        {
            var operations = history.Operations.Where(o => o.Room == room.Room).ToArray();
            var created = room.Log.Where(l => l.Type == "message.created").ToArray();
            violations.AddRange(NoLoss(operations, created));
            violations.AddRange(NoInvention(operations, created));
            violations.AddRange(OneOrder(room, created));
            violations.AddRange(RealTimeOrder(operations));
            violations.AddRange(SenderOrder(operations));
            violations.AddRange(SameAnswerToRepeats(operations));
            var digests = Digests(room);
            violations.AddRange(DigestsAgree(room, digests, history.Observations));
            foreach (var observation in history.Observations.Where(o => o.Room == room.Room))
            {
                violations.AddRange(GapFree(room, observation));
            }
        }

        return violations;
    }

    private static IEnumerable<string> NoLoss(Operation[] operations, LogLine[] created)
    {
        var bySeq = created.ToDictionary(l => l.Seq);
        foreach (var operation in operations)
        {
            foreach (var told in operation.Acknowledgements)
            {
                if (!bySeq.TryGetValue(told.Seq, out var line))
                {
                    yield return $"I1 lost: {operation} was acknowledged and is not in the log";
                }
                else if (line.MessageId != told.Id || line.ClientId != operation.ClientId || line.Text != operation.Text || line.By != operation.Sender)
                {
                    yield return $"I1 lost: {operation} was acknowledged, but its number holds {line}";
                }
            }
        }
    }

    private static IEnumerable<string> NoInvention(Operation[] operations, LogLine[] created)
    {
        foreach (var twice in created.GroupBy(l => (l.By, l.ClientId)).Where(g => g.Count() > 1))
        {
            yield return $"I2 doubled: {twice.Key} stands {twice.Count()} times in the log, at {string.Join(", ", twice.Select(l => l.Seq))}";
        }

        foreach (var twice in created.GroupBy(l => l.MessageId).Where(g => g.Count() > 1))
        {
            yield return $"I2 doubled: the message {twice.Key} stands {twice.Count()} times in the log";
        }

        var wished = operations.ToDictionary(o => (o.Sender, o.ClientId));
        foreach (var line in created)
        {
            if (!wished.TryGetValue((line.By, line.ClientId), out var operation))
            {
                yield return $"I2 invented: nobody sent {line}";
            }
            else if (operation.Text != line.Text)
            {
                yield return $"I2 invented: {operation} was sent with another text than {line}";
            }
            else if (operation.RefusedWith is { } code && !operation.IsAcknowledged)
            {
                yield return $"I2 invented: {operation} was refused with {code} and stands in the log";
            }
        }
    }

    private static IEnumerable<string> OneOrder(FinalRead room, LogLine[] created)
    {
        for (var i = 0; i < room.Log.Count; i++)
        {
            if (room.Log[i].Seq != i + 1)
            {
                yield return $"I3 order: entry {i + 1} of the log has the number {room.Log[i].Seq}";
                break;
            }
        }

        if (room.Log.Count != room.LastSeq)
        {
            yield return $"I3 order: the log has {room.Log.Count} entries, and its head says {room.LastSeq}";
        }

        var fromLog = created.Select(l => new StoredMessage(l.MessageId, l.Seq, l.By, l.ClientId, l.Text)).ToArray();
        foreach (var (left, right) in fromLog.Zip(room.Messages).Where(p => p.First != p.Second).Take(3))
        {
            yield return $"I3 order: the log has {left} where the history has {right}";
        }

        if (fromLog.Length != room.Messages.Count)
        {
            yield return $"I3 order: the log has {fromLog.Length} messages, the history {room.Messages.Count}";
        }
    }

    private static IEnumerable<string> RealTimeOrder(Operation[] operations)
    {
        var told = operations.Where(o => o.IsAcknowledged).Select(o => (Operation: o, First: o.Acknowledgements.MinBy(a => a.At)!)).ToArray();
        var ended = told.OrderBy(t => t.First.At).ToArray();
        var highest = 0L;
        var next = 0;
        foreach (var (operation, first) in told.OrderBy(t => t.Operation.InvokedAt))
        {
            for (; next < ended.Length && ended[next].First.At < operation.InvokedAt; next++)
            {
                highest = Math.Max(highest, ended[next].First.Seq);
            }

            if (first.Seq < highest)
            {
                yield return $"I4 real time: {operation} was sent after {highest} had been acknowledged, and stands before it";
            }
        }
    }

    private static IEnumerable<string> SenderOrder(Operation[] operations)
    {
        foreach (var client in operations.Where(o => o.IsAcknowledged).GroupBy(o => o.Client))
        {
            var last = 0L;
            foreach (var operation in client.Where(o => !o.WasOvertaken).OrderBy(o => o.Number))
            {
                var seq = operation.Acknowledgements[0].Seq;
                if (seq < last)
                {
                    yield return $"I5 sender order: {operation} stands before what the same client sent earlier ({last})";
                }

                last = seq;
            }
        }
    }

    private static IEnumerable<string> GapFree(FinalRead room, Observation observation)
    {
        var expected = 1L;
        foreach (var seen in observation.Entries)
        {
            if (seen.Seq != expected && !(seen.IsReload && seen.Seq >= expected - 1))
            {
                yield return seen.Seq < expected
                    ? $"I6 resume: {observation.Reader} got {seen.Seq} again or late, where {expected} was due"
                    : $"I6 resume: {observation.Reader} got {seen.Seq} where {expected} was due: a hole";
                yield break;
            }

            if (!seen.IsReload && (seen.Seq > room.Log.Count || room.Log[(int)seen.Seq - 1].Fingerprint() != seen.Fingerprint))
            {
                yield return $"I3 order: {observation.Reader} saw another entry {seen.Seq} than the log has";
                yield break;
            }

            expected = seen.Seq + 1;
        }
    }

    private static IEnumerable<string> SameAnswerToRepeats(Operation[] operations) =>
        operations.Where(o => o.Acknowledgements.Select(a => (a.Id, a.Seq)).Distinct().Count() > 1)
            .Select(o => $"I7 repeats: {o} was answered with several numbers or ids");

    private static List<string> Digests(FinalRead room)
    {
        var digest = LogDigest.Start(room.Room);
        var shown = new List<string>(room.Log.Count + 1) { LogDigest.Show(digest) };
        foreach (var line in room.Log)
        {
            digest = LogDigest.Next(digest, line);
            shown.Add(LogDigest.Show(digest));
        }

        return shown;
    }

    private static IEnumerable<string> DigestsAgree(FinalRead room, List<string> digests, IEnumerable<Observation> observations)
    {
        if (room.LastSeq < digests.Count && digests[(int)room.LastSeq] != room.Digest)
        {
            yield return $"digest: the server says {room.Digest} at {room.LastSeq}; its entries make {digests[(int)room.LastSeq]}";
        }

        foreach (var (reader, seq, digest) in observations.Where(o => o.Room == room.Room).SelectMany(o => o.Digests.Select(d => (o.Reader, d.Seq, d.Digest))))
        {
            if (seq >= digests.Count || digests[(int)seq] != digest)
            {
                yield return $"digest: {reader} was told {digest} at {seq}, which the entries do not make";
                yield break;
            }
        }
    }
}
