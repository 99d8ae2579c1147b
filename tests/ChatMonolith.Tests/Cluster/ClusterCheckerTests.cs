using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Cluster;

/// <summary>Each violation is planted once, and must be named.</summary>
public sealed class ClusterCheckerTests
{
    private static readonly Guid Room = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly Guid Ann = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    private static readonly Guid Bob = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8059");
    private static readonly Guid File = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a805a");
    private readonly ClusterHistory history = new();
    private readonly List<LogLine> log = [.. Enumerable.Range(1, 4).Select(i => Line(i, i == 2 ? Bob : Ann))];
    private readonly Observation bobs = new("bob", Room);
    private readonly List<PositionRead> positions = [new("node 0", Bob, Room, 1, 2), new("node 1", Bob, Room, 1, 2)];
    private readonly List<FileRead> files = [new("node 0", File, 200, "aa"), new("node 1", File, 200, "aa")];
    private List<LogLine> logThere;
    private List<StoredMessage>? messagesThere;
    private (long Seq, string Digest)? headThere;

    public ClusterCheckerTests()
    {
        logThere = [.. log];
        foreach (var line in log)
        {
            var operation = new Operation(line.By == Ann ? "ann" : "bob", (int)line.Seq, line.By, Room, line.ClientId, line.Text, line.Seq * 10);
            operation.Acknowledge(line.MessageId, line.Seq, (line.Seq * 10) + 1);
            history.Messages.Operations.Enqueue(operation);
        }

        foreach (var line in log.Take(2))
        {
            bobs.Saw(line);
        }

        history.Messages.Observations.Enqueue(bobs);

        // Bob is out from 35 on; what Ann sends at 40 is the first that he must not have.
        history.Fences.Enqueue(new Fence("bob", Room, 35));
        history.ReadBacks.Enqueue(new ReadBack("ann #1", "node 1", 200, "c1", "c1"));
        history.ReadBacks.Enqueue(new ReadBack("ann #1", "node 1", 503, "c1", "the server has no lease"));
        history.ReadBacks.Enqueue(new ReadBack("ann #1", "node 1", 0, "c1", ""));
        history.Marks.Enqueue(new ReadMark(Bob, Room, 1));
        history.Files.Enqueue(new StoredFile(File, "aa"));
    }

    [Fact]
    public void A_run_without_a_violation_passes() => Check().ShouldBeEmpty();

    [Fact]
    public void What_one_nodes_checker_finds_is_found()
    {
        log.RemoveAt(3);
        logThere = [.. log];
        history.Fences.Clear();
        Check().ShouldContain(v => v.StartsWith("I1 lost"));
    }

    [Fact]
    public void Another_log_on_another_node_is_found()
    {
        logThere[1] = logThere[1] with { Text = "otherwise" };
        Check().ShouldContain(v => v.StartsWith("I3 order: node 1 has another log"));
    }

    [Fact]
    public void A_shorter_log_on_another_node_is_found()
    {
        logThere.RemoveAt(3);
        Check().ShouldContain(v => v.StartsWith("I3 order: node 1 has another log"));
    }

    [Fact]
    public void Another_history_on_another_node_is_found()
    {
        messagesThere = [.. Messages(log).Skip(1)];
        Check().ShouldHaveSingleItem().ShouldStartWith("I3 order: node 1 has another history");
    }

    [Fact]
    public void Another_head_on_another_node_is_found()
    {
        headThere = (4, new string('0', 32));
        Check().ShouldHaveSingleItem().ShouldStartWith("I3 order: node 1 says");
    }

    [Fact]
    public void A_message_that_another_node_does_not_know_yet_is_found()
    {
        history.ReadBacks.Enqueue(new ReadBack("ann #1", "node 2", 404, "c1", "not_found"));
        Check().ShouldHaveSingleItem().ShouldStartWith("I8 read your write");
    }

    [Fact]
    public void A_message_that_another_node_has_otherwise_is_found()
    {
        history.ReadBacks.Enqueue(new ReadBack("ann #1", "node 2", 200, "c1", "c2"));
        Check().ShouldHaveSingleItem().ShouldStartWith("I8 read your write");
    }

    [Fact]
    public void What_reaches_somebody_after_their_removal_is_found()
    {
        bobs.Saw(log[2]);
        Check().ShouldBeEmpty("it may have been on its way");
        bobs.Saw(log[3]);
        Check().ShouldHaveSingleItem().ShouldStartWith("I9 fence: bob got 1 entries from 4 on");
    }

    [Fact]
    public void What_somebody_writes_after_their_removal_is_found()
    {
        var line = Line(5, Bob);
        log.Add(line);
        logThere.Add(line);
        positions.Clear();
        history.Messages.Operations.Enqueue(new Operation("bob", 5, Bob, Room, line.ClientId, line.Text, 34));
        Check().ShouldHaveSingleItem().ShouldContain("was written by bob");
    }

    [Fact]
    public void A_fence_that_nobody_tried_proves_nothing()
    {
        history.Fences.Clear();
        history.Fences.Enqueue(new Fence("bob", Room, 41));
        Check().ShouldHaveSingleItem().ShouldStartWith("I9 proves nothing");
    }

    [Fact]
    public void A_wrong_unread_count_on_one_node_is_found()
    {
        positions[1] = positions[1] with { Unread = 3 };
        Check().ShouldHaveSingleItem().ShouldStartWith("I10 unread: node 1");
    }

    [Fact]
    public void A_read_position_that_one_node_has_forgotten_is_found()
    {
        positions[1] = positions[1] with { LastRead = 0, Unread = 3 };
        Check().ShouldHaveSingleItem().ShouldStartWith("I10 unread");
    }

    [Fact]
    public void A_file_that_one_node_serves_otherwise_or_not_at_all_is_found()
    {
        files[1] = files[1] with { Sha256 = "bb" };
        Check().ShouldHaveSingleItem().ShouldStartWith("I11 files");
        files[1] = files[1] with { Status = 404, Sha256 = "" };
        Check().ShouldHaveSingleItem().ShouldStartWith("I11 files");
        files.Clear();
        Check().ShouldHaveSingleItem().ShouldStartWith("I11 files");
    }

    private static LogLine Line(long seq, Guid by) =>
        new(seq, "message.created", Room, by, "2026-01-01T00:00:00.000Z", Guid.Parse($"{seq:x8}-0000-7000-8000-000000000000"), Guid.Empty, "", $"c{seq}", $"c{seq}");

    private static StoredMessage[] Messages(IEnumerable<LogLine> lines) => [.. lines.Select(l => new StoredMessage(l.MessageId, l.Seq, l.By, l.ClientId, l.Text))];

    private static FinalRead Read(List<LogLine> lines) => new(Room, [.. lines], Messages(lines), lines.Count, LogDigest.Show(lines.Aggregate(LogDigest.Start(Room), LogDigest.Next)));

    private IReadOnlyList<string> Check()
    {
        var there = Read(logThere);
        there = there with { Messages = messagesThere ?? there.Messages, LastSeq = headThere?.Seq ?? there.LastSeq, Digest = headThere?.Digest ?? there.Digest };
        return ClusterChecker.Check(history, new Aftermath([new NodeRead("node 0", Read(log)), new NodeRead("node 1", there)], positions, files));
    }
}
