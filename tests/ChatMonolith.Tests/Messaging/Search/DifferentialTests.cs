using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Search;
using ChatMonolith.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Messaging.Search;

/// <summary>
/// SQLite, PostgreSQL and a loop over all messages give the same answers to the same questions: of a corpus in English, German, Russian,
/// Chinese and Japanese, while messages are written, edited and deleted. <c>CHAT_SEED</c> repeats a run.
/// </summary>
public class DifferentialTests
{
    private const int Rooms = 6;
    private static readonly int Messages = Depth.IsDeep ? 12_000 : 700;
    private static readonly int Queries = Depth.IsDeep ? 4_000 : 400;

    [Fact]
    public async Task Both_databases_answer_as_a_loop_over_all_messages_would()
    {
        var dice = Dice.FromEnvironment();
        var world = new World(dice);
        await using var sqlite = await BuiltServer.Compose(Engine.Sqlite);
        await using var postgres = await BuiltServer.Compose(Engine.PostgreSql);
        BuiltServer[] servers = [sqlite, postgres];
        foreach (var server in servers)
        {
            await server.Migrate();
        }

        var found = 0;
        for (var round = 0; round < 3; round++)
        {
            var changes = world.Change(round == 0 ? Messages : Messages / 5);
            foreach (var server in servers)
            {
                await world.Write(server, changes);
            }

            for (var i = 0; i < Queries; i++)
            {
                var (question, isAsked) = world.Ask();
                if (!isAsked)
                {
                    continue;
                }

                var expected = world.Answer(question!);
                found += Math.Sign(expected.Count);
                foreach (var server in servers)
                {
                    var answer = await Walk(server, question!);
                    answer.ShouldBe(expected, $"{server.Database.Provider}: {question!.Text} in {question.Rooms.Count} rooms, round {round}, seed {dice.Seed}");
                }
            }
        }

        found.ShouldBeGreaterThan(Queries / 2, "the questions are such as find something");
        await Everything(servers, world);
    }

    /// <summary>What is left when all is deleted: nothing.</summary>
    private static async Task Everything(BuiltServer[] servers, World world)
    {
        var changes = world.DeleteAll();
        foreach (var server in servers)
        {
            await world.Write(server, changes);
            await using var scope = server.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            (await db.Set<SearchTermRow>().Select(t => t.Term).ToListAsync()).ShouldBeEmpty();
            (await db.Set<SearchPostingRow>().CountAsync()).ShouldBe(0);
            (await db.Set<SearchDocumentRow>().CountAsync()).ShouldBe(0);
        }
    }

    /// <summary>All pages, one after the other.</summary>
    private static async Task<IReadOnlyList<Guid>> Walk(BuiltServer server, Question question)
    {
        await using var store = await SearchStore.Open(server.Database, CancellationToken.None);
        var found = new List<Guid>();
        long? below = null;
        do
        {
            var request = new SearchRequest(SearchPattern.Parse(question.Text)!, question.Rooms, question.Sender, HasFile: false, question.After, question.Before, below, question.Limit);
            var page = await new SearchWalk(store, request).Run(CancellationToken.None);
            page.MessageIds.Count.ShouldBeLessThanOrEqualTo(question.Limit);
            found.AddRange(page.MessageIds);
            (page.Next ?? 0).ShouldBeLessThan(below ?? long.MaxValue);
            below = page.Next;
        }
        while (below is not null);
        return found;
    }

    internal sealed record Question(string Text, IReadOnlyList<Guid> Rooms, Guid? Sender, long? After, long? Before, int Limit);

    private sealed record Change(LogRow Entry, Message Message, string? Text);

    private sealed class Message
    {
        public Guid Id { get; } = Guid.CreateVersion7();

        public Guid RoomId { get; init; }

        public Guid SenderId { get; init; }

        public long Seq { get; init; }

        public long At { get; init; }

        public string? Text { get; set; }
    }

    /// <summary>What has been said, in memory.</summary>
    private sealed class World(Dice dice)
    {
        private readonly Guid[] rooms = [.. Enumerable.Range(0, Rooms).Select(_ => Guid.CreateVersion7())];
        private readonly Guid[] people = [.. Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7())];
        private readonly Dictionary<Guid, long> heads = [];
        private readonly List<Message> messages = [];
        private long now = 1_700_000_000_000;

        public List<Change> Change(int count) => [.. Enumerable.Range(0, count).Select(_ => messages.Count > 50 && dice.OneIn(4) ? ChangeOne() : Post())];

        public List<Change> DeleteAll() => [.. messages.FindAll(m => m.Text is not null).ConvertAll(m => Enter(LogEntryType.MessageDeleted, m, null))];

        public (Question? Question, bool IsAsked) Ask()
        {
            var text = Corpus.Query(dice);
            if (SearchPattern.Parse(text) is null || text.Length > SearchPattern.MaxLength)
            {
                return (null, false);
            }

            IReadOnlyList<Guid> asked = dice.OneIn(3) ? [dice.Pick(rooms)] : [.. rooms.Where(_ => !dice.OneIn(4))];
            long? Moment() => dice.OneIn(5) ? messages[dice.Next(messages.Count)].At : null;
            return (new Question(text, asked, dice.OneIn(5) ? dice.Pick(people) : null, Moment(), Moment(), 1 + dice.Next(60)), true);
        }

        public IReadOnlyList<Guid> Answer(Question question)
        {
            var pattern = SearchPattern.Parse(question.Text)!;
            return
            [
                .. messages.Where(m => m.Text is not null && question.Rooms.Contains(m.RoomId) && (question.Sender ?? m.SenderId) == m.SenderId)
                    .Where(m => m.At >= (question.After ?? 0) && m.At < (question.Before ?? long.MaxValue))
                    .Where(m => pattern.Matches(NormalText.Of(m.Text!)))
                    .OrderByDescending(m => m.At).Select(m => m.Id),
            ];
        }

        /// <summary>As the log's writer would have left the tables; then the index follows.</summary>
        public async Task Write(BuiltServer server, List<Change> changes)
        {
            await using var scope = server.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            foreach (var (entry, message, text) in changes)
            {
                db.Log.Add(entry);
                var row = await db.Messages.FindAsync(message.Id);
                if (row is null)
                {
                    db.Messages.Add(row = new MessageRow { Id = message.Id, RoomId = message.RoomId, Seq = message.Seq, SenderId = message.SenderId, ClientId = message.Id.ToString(), CreatedAt = message.At });
                }

                row.Text = text;
                row.DeletedAt = text is null ? entry.At : null;
            }

            foreach (var (room, seq) in heads)
            {
                var head = await db.Heads.FindAsync(room) ?? db.Heads.Add(new RoomHeadRow { RoomId = room, Digest = new byte[32] }).Entity;
                head.Seq = seq;
            }

            await db.SaveChangesAsync();
            await server.Services.GetRequiredService<SearchIndex>().Follow(everywhere: true, static _ => Task.CompletedTask, CancellationToken.None);
        }

        private Change Post()
        {
            var room = dice.Pick(rooms);
            var message = new Message { RoomId = room, SenderId = dice.Pick(people), Seq = heads.GetValueOrDefault(room) + 1, At = now + 1 };
            messages.Add(message);
            return Enter(LogEntryType.MessageCreated, message, Corpus.Message(dice));
        }

        private Change ChangeOne()
        {
            var message = dice.Pick(messages.FindAll(m => m.Text is not null));
            return dice.OneIn(2) ? Enter(LogEntryType.MessageEdited, message, Corpus.Message(dice)) : Enter(LogEntryType.MessageDeleted, message, null);
        }

        private Change Enter(LogEntryType type, Message message, string? text)
        {
            message.Text = text;
            heads[message.RoomId] = heads.GetValueOrDefault(message.RoomId) + 1;
            return new Change(new LogRow { RoomId = message.RoomId, Seq = heads[message.RoomId], Type = type, At = ++now, ById = message.SenderId, MessageId = message.Id }, message, text);
        }
    }
}
