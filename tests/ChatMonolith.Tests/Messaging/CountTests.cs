using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

/// <summary>Unread counts, mention counts and notifications after any order of events, compared with a model that knows the rules by itself.</summary>
public abstract class CountTests(ServerFixture fixture) : ServerTests(fixture)
{
    private const int Steps = 120;

    [Fact]
    public async Task Counts_and_notifications_are_right_after_any_order_of_events_on_two_devices()
    {
        var dice = Dice.FromEnvironment();
        TestContext.Current.TestOutputHelper?.WriteLine($"CHAT_SEED={dice.Seed}");
        var people = await Server.Register("Ann", "Bob", "Eve");
        var devices = new List<Person[]>();
        foreach (var person in people)
        {
            devices.Add([person, await person.AtAnotherDevice()]);
        }

        var room = await people[0].CreateRoom("counted", "private", people[1], people[2]);
        var model = new Model(people);
        model.Read[1] = model.Read[2] = model.Read[0] = (await people[0].Http.Get($"rooms/{room}")).Ok()["atSeq"].GetInt64();
        for (var step = 0; step < Steps; step++)
        {
            var who = dice.Next(3);
            var device = devices[who][dice.Next(2)];
            switch (dice.Next(10))
            {
                case < 5:
                    await Send(dice, model, device, who, room);
                    break;
                case < 6 when model.Messages.FindAll(m => m.Sender == who && !m.IsDeleted) is { Count: > 0 } mine:
                    var edited = dice.Pick(mine);
                    var text = Text(dice, people, step);
                    (await device.Http.Patch($"messages/{edited.Id}", new { text })).Ok();
                    model.Edit(edited, text);
                    break;
                case < 7 when model.Messages.FindAll(m => m.Sender == who && !m.IsDeleted) is { Count: > 0 } own:
                    var deleted = dice.Pick(own);
                    (await device.Http.Delete($"messages/{deleted.Id}")).Ok(204);
                    model.Delete(deleted);
                    break;
                case >= 7 when model.Messages.Count > 0:
                    var seq = dice.Pick(model.Messages).Seq;
                    (await device.Http.Put($"rooms/{room}/read", new { seq })).Ok(204);
                    model.Read[who] = Math.Max(model.Read[who], seq);
                    break;
            }

            if (step % 10 == 0)
            {
                await Compare(model, devices, room, step);
            }
        }

        await Compare(model, devices, room, Steps);
        foreach (var device in devices.SelectMany(d => d))
        {
            await device.DisposeAsync();
        }
    }

    private static async Task Send(Dice dice, Model model, Person device, int who, Guid room)
    {
        var text = Text(dice, model.People, model.Messages.Count);
        var roots = model.Messages.FindAll(m => m.Thread is null);
        var thread = roots.Count > 0 && dice.OneIn(3) ? dice.Pick(roots) : null;
        var quoted = model.Messages.Count > 0 && dice.OneIn(4) ? dice.Pick(model.Messages) : null;
        var sent = (await device.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text, threadId = thread?.Id, replyTo = quoted?.Id })).Ok(201).Json;
        model.Add(new Message(sent.Id(), sent.Seq(), who, thread), text, quoted);
    }

    private static string Text(Dice dice, Person[] people, int number)
    {
        var text = new StringBuilder($"text {number}");
        foreach (var person in people)
        {
            text.Append(dice.OneIn(4) ? $" @{person.Username}" : "");
        }

        return text.Append(dice.OneIn(8) ? " @all" : "").ToString();
    }

    private static async Task Compare(Model model, List<Person[]> devices, Guid room, int step)
    {
        for (var who = 0; who < devices.Count; who++)
        {
            foreach (var device in devices[who])
            {
                var mine = (await device.Http.Get($"rooms/{room}")).Ok();
                (mine["unreadCount"].GetInt32(), mine["mentionCount"].GetInt32()).ShouldBe((model.Unread(who), model.Mentions(who)), $"{device.DisplayName} after step {step}");
                var told = (await device.Http.Get("notifications?limit=200")).Ok()["items"].EnumerateArray()
                    .Where(n => n.Word("kind") is "mention" or "reply").Select(n => $"{n.Word("kind")} {n.Id("messageId")}").Order(StringComparer.Ordinal);
                told.ShouldBe(model.Told[who].Select(t => $"{t.Value} {t.Key.Id}").Order(StringComparer.Ordinal), $"{device.DisplayName} after step {step}");
            }
        }
    }

    private sealed class Message(Guid id, long seq, int sender, Message? thread)
    {
        public Guid Id => id;

        public long Seq => seq;

        public int Sender => sender;

        public Message? Thread => thread;

        public HashSet<int> Named { get; set; } = [];

        public bool IsForAll { get; set; }

        public bool IsDeleted { get; set; }

        public bool Calls(int who) => who != Sender && (IsForAll || Named.Contains(who));
    }

    /// <summary>The rules of the protocol, as a client would write them down.</summary>
    private sealed class Model(Person[] people)
    {
        public Person[] People => people;

        public List<Message> Messages { get; } = [];

        public long[] Read { get; } = new long[people.Length];

        public Dictionary<Message, string>[] Told { get; } = [.. people.Select(_ => new Dictionary<Message, string>())];

        public int Unread(int who) => Messages.Count(m => m is { Thread: null, IsDeleted: false } && m.Sender != who && m.Seq > Read[who]);

        public int Mentions(int who) => Messages.Count(m => m is { Thread: null, IsDeleted: false } && m.Calls(who) && m.Seq > Read[who]);

        public void Add(Message message, string text, Message? quoted)
        {
            Name(message, text);
            for (var who = 0; who < people.Length; who++)
            {
                if (message.Calls(who))
                {
                    Told[who][message] = "mention";
                }
                else if (who != message.Sender && (quoted?.Sender == who || TakesPart(message.Thread, who)))
                {
                    Told[who][message] = "reply";
                }
            }

            Messages.Add(message);
        }

        public void Edit(Message message, string text)
        {
            bool[] before = [.. people.Select((_, who) => message.Named.Contains(who))];
            var wasForAll = message.IsForAll;
            Name(message, text);
            for (var who = 0; who < people.Length; who++)
            {
                if (message.Calls(who) && !before[who] && !Told[who].ContainsKey(message) && !(wasForAll && message.IsForAll && !message.Named.Contains(who)))
                {
                    Told[who][message] = "mention";
                }
            }
        }

        public void Delete(Message message)
        {
            message.IsDeleted = true;
            foreach (var told in Told)
            {
                told.Remove(message);
            }
        }

        private bool TakesPart(Message? thread, int who) =>
            thread is not null && ((thread.Sender == who && !thread.IsDeleted) || Messages.Exists(m => ReferenceEquals(m.Thread, thread) && m.Sender == who && !m.IsDeleted));

        private void Name(Message message, string text)
        {
            message.Named = [.. Enumerable.Range(0, people.Length).Where(who => who != message.Sender && text.Contains("@" + people[who].Username, StringComparison.Ordinal))];
            message.IsForAll = text.Contains("@all", StringComparison.Ordinal);
        }
    }

    public sealed class OnSqlite(SqliteServer server) : CountTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : CountTests(server);
}
