using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging;
using ChatMonolith.Messaging.Retaining;
using ChatMonolith.Rooms;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Reliability;

/// <summary>What holds while the log's writer waits for its turn at a SQLite file, which the test takes from it.</summary>
public sealed class WaitingWriterTests
{
    private const int Longest = 8_000;

    [Fact]
    public async Task What_waits_for_the_log_is_bounded_in_bytes_and_what_was_taken_is_committed()
    {
        await using var server = await InProcess.Start();
        var ann = await server.Register("ann");
        var room = (await server.Send(new CreateRoom.Command(ann, RoomType.Private, "r", null, []))).Value.Room.Id;
        var text = new string('x', Longest);
        Task<BuildingBlocks.Errors.Result<PostMessage.Posted>>[] sends;
        using (await server.Services.GetRequiredService<WriteGate>().Enter(first: true, TestContext.Current.CancellationToken))
        {
            sends = [.. Enumerable.Range(0, 5_000).Select(i => Post(server, ann, room, $"c{i}", text))];

            // Those that are refused are so at once; the others wait for the gate.
            await Deadline.Until(() => sends.Any(s => s.IsCompleted), "some to be refused");
            foreach (var refused in sends.Where(s => s.IsCompleted))
            {
                (await refused).Error!.Code.ShouldBe("unavailable");
            }
        }

        var outcomes = await Task.WhenAll(sends);
        outcomes.Count(o => o.IsOk).ShouldBeGreaterThan(500);
        outcomes.Where(o => !o.IsOk).ShouldAllBe(o => o.Error!.Code == "unavailable");
        (await Post(server, ann, room, "after", "after")).Value.Seq.ShouldBe(outcomes.Where(o => o.IsOk).Max(o => o.Value.Seq) + 1);
    }

    [Fact]
    public async Task A_repeat_in_the_same_commit_as_the_first_expiry_of_its_room_is_a_repeat()
    {
        await using var server = await InProcess.Start();
        var ann = await server.Register("ann");
        var room = (await server.Send(new CreateRoom.Command(ann, RoomType.Private, "r", null, []))).Value.Room.Id;
        var first = (await Post(server, ann, room, "c1", "said once")).Value;
        Task expiry;
        Task<BuildingBlocks.Errors.Result<PostMessage.Posted>> repeat;
        using (await server.Services.GetRequiredService<WriteGate>().Enter(first: true, TestContext.Current.CancellationToken))
        {
            // The writer takes this one and waits with it; what comes now is its next batch.
            var ahead = Post(server, ann, room, "c2", "ahead");
            expiry = server.Services.GetRequiredService<RoomExpiry>().Expire(room, long.MaxValue, TestContext.Current.CancellationToken);
            repeat = Post(server, ann, room, "c1", "said once");
            ahead.IsCompleted.ShouldBeFalse();
        }

        await expiry;
        var answer = await repeat;
        (answer.Value.Duplicate, answer.Value.Id).ShouldBe((true, first.Id));
    }

    /// <summary>Also where SQLite was built to leave what is deleted as it stands.</summary>
    [Fact]
    public async Task A111_whoever_writes_overwrites_what_they_delete()
    {
        await using var server = await InProcess.Start("--Database:Connections=1");
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        (await Pragma("PRAGMA secure_delete=OFF")).ShouldBe(0);
        await using (await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            (await Pragma("PRAGMA secure_delete")).ShouldBe(1);
        }

        await db.Database.CloseConnectionAsync();

        async Task<long> Pragma(string text)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // One of two constants.
            command.CommandText = text;
#pragma warning restore CA2100
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    private static Task<BuildingBlocks.Errors.Result<PostMessage.Posted>> Post(InProcess server, Caller ann, Guid room, string clientId, string text) =>
        server.Send(new PostMessage.Command(room, ann.UserId, ann.SessionId, clientId, text, null, null, [], null));
}
