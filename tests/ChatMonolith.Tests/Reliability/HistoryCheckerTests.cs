namespace ChatMonolith.Tests.Reliability;

/// <summary>A checker that finds nothing proves nothing: each violation is planted once, and must be named.</summary>
public class HistoryCheckerTests
{
    private static readonly Guid Room = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly Guid Ann = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");

    private readonly History history = new();
    private List<LogLine> log = [];
    private string? digest;
    private Observation observation = new("bob's socket", Room);

    public HistoryCheckerTests()
    {
        for (var i = 1; i <= 3; i++)
        {
            var line = Line(i, $"c{i}");
            log.Add(line);
            observation.Saw(line);
            history.Operations.Enqueue(Acknowledged(i, line));
        }

        history.Observations.Enqueue(observation);
    }

    [Fact]
    public void A_run_without_a_violation_passes() => Check().ShouldBeEmpty();

    [Fact]
    public void A_lost_message_is_found()
    {
        log.RemoveAt(2);
        Check().ShouldContain(v => v.StartsWith("I1 lost"));
    }

    [Fact]
    public void A_doubled_message_is_found()
    {
        log.Add(Line(4, "c1"));
        Check().ShouldContain(v => v.StartsWith("I2 doubled"));
    }

    [Fact]
    public void A_message_that_nobody_sent_is_found()
    {
        log.Add(Line(4, "c4"));
        Check().ShouldContain(v => v.StartsWith("I2 invented"));
    }

    [Fact]
    public void A_message_that_was_refused_and_stands_is_found()
    {
        var refused = new Operation("ann", 4, Ann, Room, "c4", "c4", 7);
        refused.Refuse("forbidden");
        history.Operations.Enqueue(refused);
        log.Add(Line(4, "c4"));
        Check().ShouldContain(v => v.StartsWith("I2 invented"));
    }

    [Fact]
    public void A_hole_in_the_numbers_is_found()
    {
        log[2] = log[2] with { Seq = 4 };
        Check().ShouldContain(v => v.StartsWith("I3 order"));
    }

    [Fact]
    public void A_reader_who_saw_another_entry_is_found()
    {
        log[1] = log[1] with { At = "2026-01-01T00:00:00.999Z" };
        Check().ShouldContain(v => v.StartsWith("I3 order: bob"));
    }

    [Fact]
    public void A_message_before_one_that_was_acknowledged_before_it_was_sent_is_found()
    {
        history.Operations.Clear();
        history.Operations.Enqueue(Acknowledged(10, log[0]));
        history.Operations.Enqueue(Acknowledged(1, log[1], client: "eve"));
        history.Operations.Enqueue(Acknowledged(20, log[2]));
        Check().ShouldHaveSingleItem().ShouldStartWith("I4 real time");
    }

    [Fact]
    public void A_sender_whose_messages_changed_places_is_found()
    {
        history.Operations.Clear();
        history.Operations.Enqueue(Acknowledged(2, log[0], number: 2));
        history.Operations.Enqueue(Acknowledged(2, log[1], number: 1));
        history.Operations.Enqueue(Acknowledged(4, log[2], number: 3));
        Check().ShouldHaveSingleItem().ShouldStartWith("I5 sender order");
    }

    [Fact]
    public void A_hole_in_what_a_reader_saw_is_found()
    {
        Observe(log[0], log[2]);
        Check().ShouldHaveSingleItem().ShouldContain("a hole");
    }

    [Fact]
    public void An_entry_that_a_reader_saw_twice_is_found()
    {
        Observe(log[0], log[1], log[1]);
        Check().ShouldHaveSingleItem().ShouldContain("again or late");
    }

    [Fact]
    public void A_reload_that_the_server_asked_for_is_no_hole()
    {
        Observe(log[0]);
        observation.ReloadedAt(2);
        observation.Saw(log[2]);
        Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_repeat_with_another_answer_is_found()
    {
        history.Operations.First().Acknowledge(log[1].MessageId, 2, 99);
        Check().ShouldContain(v => v.StartsWith("I7 repeats"));
    }

    [Fact]
    public void A_wrong_digest_is_found()
    {
        digest = new string('0', 32);
        Check().ShouldHaveSingleItem().ShouldStartWith("digest: the server");
    }

    [Fact]
    public void A_digest_that_one_reader_was_told_wrongly_is_found()
    {
        observation.ToldDigest(2, new string('0', 32));
        Check().ShouldHaveSingleItem().ShouldStartWith("digest: bob");
    }

    [Fact]
    public void The_canonical_form_of_an_entry_is_that_of_the_contract() =>
        LogDigest.Canonical(Line(7, "c") with { Type = "reaction.added", Emoji = "\"👍\\", UserId = Ann, At = "2026-01-02T03:04:05.678Z" }).ShouldBe(
            """{"at":"2026-01-02T03:04:05.678Z","by":"01890a5d-ac96-774b-bcce-b302099a8058","emoji":"\"👍\\","messageId":"00000007-0000-7000-8000-000000000000","roomId":"01890a5d-ac96-774b-bcce-b302099a8057","seq":7,"type":"reaction.added","userId":"01890a5d-ac96-774b-bcce-b302099a8058"}""");

    private static LogLine Line(long seq, string clientId) =>
        new(seq, "message.created", Room, Ann, "2026-01-01T00:00:00.000Z", Guid.Parse($"{seq:x8}-0000-7000-8000-000000000000"), Guid.Empty, "", clientId, clientId);

    private static Operation Acknowledged(int at, LogLine line, string client = "ann", int? number = null)
    {
        var operation = new Operation(client, number ?? at, Ann, Room, line.ClientId, line.Text, at * 2);
        operation.Acknowledge(line.MessageId, line.Seq, (at * 2) + 1);
        return operation;
    }

    private void Observe(params LogLine[] lines)
    {
        history.Observations.Clear();
        observation = new Observation("bob's socket", Room);
        history.Observations.Enqueue(observation);
        foreach (var line in lines)
        {
            observation.Saw(line);
        }
    }

    private IReadOnlyList<string> Check()
    {
        var messages = log.Select(l => new StoredMessage(l.MessageId, l.Seq, l.By, l.ClientId, l.Text)).ToArray();
        var computed = log.Aggregate(LogDigest.Start(Room), LogDigest.Next);
        return HistoryChecker.Check(history, [new FinalRead(Room, log, messages, log.Count, digest ?? LogDigest.Show(computed))]);
    }
}
