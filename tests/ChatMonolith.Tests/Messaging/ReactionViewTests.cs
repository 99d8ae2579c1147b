using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Reading;
using ChatMonolith.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Messaging;

/// <summary>Who a reaction names, of more people than it names.</summary>
public class ReactionViewTests
{
    [Fact]
    public async Task Who_reacted_later_than_the_first_twenty_finds_themselves_among_them_and_nobody_else_does()
    {
        await using var server = await BuiltServer.Compose(Engine.Sqlite);
        await server.Migrate();
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var (message, room, late) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        Guid[] first = [.. Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7())];
        db.Messages.Add(new MessageRow { Id = message, RoomId = room, Seq = 1, SenderId = first[0], ClientId = "c1", Text = "news", CreatedAt = 1 });
        db.Reactions.AddRange(first.Append(late).Select((user, i) => new ReactionRow { MessageId = message, Emoji = "👍", UserId = user, At = i }));
        db.Reactions.Add(new ReactionRow { MessageId = message, Emoji = "🎉", UserId = first[0], At = 30 });
        await db.SaveChangesAsync();

        (await Seen(late)).ShouldBe([late, .. first[..19]]);
        (await Seen(first[3])).ShouldBe(first);
        (await Seen(Guid.CreateVersion7())).ShouldBe(first);

        async Task<IReadOnlyList<Guid>> Seen(Guid reader)
        {
            var views = await MessageViews.Load(db, null!, [message], CancellationToken.None);
            var view = (await MessageViews.For(reader, db, [views[message]], CancellationToken.None))[0];
            view.Reactions.Select(r => (r.Emoji, r.Count)).ShouldBe([("👍", 21), ("🎉", 1)]);
            view.Reactions[1].UserIds.ShouldBe([first[0]]);
            return view.Reactions[0].UserIds;
        }
    }
}
