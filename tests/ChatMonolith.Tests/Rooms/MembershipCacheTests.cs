using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>The one thing that the cache must never do: show a membership that a commit has ended.</summary>
public class MembershipCacheTests
{
    private static readonly Guid Room = Guid.CreateVersion7();
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();

    [Fact]
    public async Task A_read_that_began_before_a_removal_does_not_bring_the_removed_person_back()
    {
        var rows = new HeldRead();
        var cache = new MembershipCache(rows.Read, 1000);
        var asking = cache.Get(Room, default).AsTask();
        var read = await rows.Next(With(Ann, Bob));
        cache.Apply(Room, r => r.Remove(Bob));
        read.SetResult();
        (await asking)!.Of(Bob).IsOk.ShouldBeFalse();
        cache.Peek(Room)!.Of(Bob).IsOk.ShouldBeFalse();
        cache.Peek(Room)!.Of(Ann).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asks_after_a_removal_and_joins_a_read_from_before_it_is_answered_rightly()
    {
        var rows = new HeldRead();
        var cache = new MembershipCache(rows.Read, 1000);
        var early = cache.Get(Room, default).AsTask();
        var read = await rows.Next(With(Ann, Bob));
        cache.Apply(Room, r => r.Remove(Bob));
        var late = cache.Get(Room, default).AsTask();
        read.SetResult();
        (await late)!.Of(Bob).IsOk.ShouldBeFalse();
        (await early)!.Of(Bob).IsOk.ShouldBeFalse();
        rows.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task A_read_that_has_seen_a_change_already_takes_no_harm_from_its_application()
    {
        var rows = new HeldRead();
        var cache = new MembershipCache(rows.Read, 1000);
        var asking = cache.Get(Room, default).AsTask();

        // Bob came and went and came before the rows were read; memory follows behind.
        var read = await rows.Next(With(Ann, Bob));
        cache.Apply(Room, r => r.Set(Bob, RoomRole.Member));
        cache.Apply(Room, r => r.Remove(Bob));
        cache.Apply(Room, r => r.Set(Bob, RoomRole.Moderator));
        read.SetResult();
        (await asking)!.Of(Bob).Value.Role.ShouldBe(RoomRole.Moderator);
    }

    [Fact]
    public async Task A_room_deleted_while_it_is_read_is_gone()
    {
        var rows = new HeldRead();
        var cache = new MembershipCache(rows.Read, 1000);
        var asking = cache.Get(Room, default).AsTask();
        var read = await rows.Next(With(Ann));
        cache.Apply(Room, r => r.Delete());
        read.SetResult();
        (await asking)!.Of(Ann).Error!.Code.ShouldBe("not_found");
        cache.Peek(Room)!.People.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_being_read_when_everything_is_forgotten_is_read_again()
    {
        var rows = new HeldRead();
        var cache = new MembershipCache(rows.Read, 1000);
        var asking = cache.Get(Room, default).AsTask();
        var stale = await rows.Next(With(Ann, Bob));
        cache.Clear();
        stale.SetResult();
        var fresh = await rows.Next(With(Ann));
        fresh.SetResult();
        (await asking)!.Of(Bob).IsOk.ShouldBeFalse();
    }

    [Fact]
    public async Task A_read_that_fails_fails_those_who_wait_and_is_tried_anew_by_the_next()
    {
        var fail = true;
        var cache = new MembershipCache(_ => fail ? throw new TimeoutException("down") : Task.FromResult<RoomMemberships?>(With(Ann)), 1000);
        await Should.ThrowAsync<TimeoutException>(async () => await cache.Get(Room, default));
        fail = false;
        (await cache.Get(Room, default))!.Of(Ann).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Ids_that_do_not_exist_are_not_kept()
    {
        var cache = new MembershipCache(_ => Task.FromResult<RoomMemberships?>(null), 1000);
        for (var i = 0; i < 100; i++)
        {
            (await cache.Get(Guid.CreateVersion7(), default)).ShouldBeNull();
        }

        cache.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Rooms_leave_when_nobody_asks_for_them_or_there_are_too_many()
    {
        var cache = new MembershipCache(_ => Task.FromResult<RoomMemberships?>(With(Ann, Bob)), maxWeight: 30);
        for (var i = 0; i < 100; i++)
        {
            var last = Guid.CreateVersion7();
            await cache.Get(last, default);
            cache.Peek(last).ShouldNotBeNull("the one that was just asked for stays");
            cache.Count.ShouldBeLessThanOrEqualTo(10);
        }

        cache.EvictUnused();
        cache.Count.ShouldBeGreaterThan(0, "they were all used since they came");
        cache.EvictUnused();
        cache.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Whatever_the_interleaving_memory_says_what_the_last_commit_said()
    {
        var dice = Dice.FromEnvironment();
        var rooms = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToArray();
        var people = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).ToArray();
        var rows = new Table(rooms, dice.Fork());
        var cache = new MembershipCache(rows.Read, maxWeight: 20);
        using var over = new CancellationTokenSource();
        Task[] others =
        [
            .. Enumerable.Range(0, 4).Select(_ => Ask(cache, rooms, people, dice.Fork(), over.Token)),
            Evict(cache, over.Token),
        ];
        for (var i = 0; i < (Depth.IsDeep ? 200_000 : 20_000); i++)
        {
            var (room, person) = (dice.Pick(rooms), dice.Pick(people));
            RoomRole? role = dice.OneIn(2) ? null : (RoomRole)dice.Next(3);
            rows.Commit(room, person, role);
            await Wander(dice);
            cache.Apply(room, r =>
            {
                if (role is { } given)
                {
                    r.Set(person, given);
                }
                else
                {
                    r.Remove(person);
                }
            });

            // Here the call that made the change returns: from now on nobody may be told otherwise.
            if (cache.Peek(room)?.Of(person) is { } remembered)
            {
                Role(remembered).ShouldBe(role, $"from memory, seed {dice.Seed}, step {i}");
            }

            Role((await cache.Get(room, default))!.Of(person)).ShouldBe(role, $"asked, seed {dice.Seed}, step {i}");
        }

        await over.CancelAsync();
        await Task.WhenAll(others);
        foreach (var room in rooms)
        {
            var held = (await cache.Get(room, default))!;
            held.People.ShouldBe(rows.People(room), ignoreOrder: true, $"seed {dice.Seed}");
        }
    }

    private static RoomRole? Role(BuildingBlocks.Errors.Result<Membership> of) => of.IsOk ? of.Value.Role : null;

    private static RoomMemberships With(params Guid[] people) =>
        new(RoomType.Private, 0, [.. people.Select(p => new KeyValuePair<Guid, RoomRole>(p, RoomRole.Member))]);

    private static async Task Ask(MembershipCache cache, Guid[] rooms, Guid[] people, Dice dice, CancellationToken over)
    {
        await Task.Yield();
        while (!over.IsCancellationRequested)
        {
            (await cache.Get(dice.Pick(rooms), default))!.Of(dice.Pick(people));
            await Wander(dice);
        }
    }

    private static async Task Evict(MembershipCache cache, CancellationToken over)
    {
        await Task.Yield();
        while (!over.IsCancellationRequested)
        {
            cache.EvictUnused();
            await Task.Yield();
        }
    }

    private static async Task Wander(Dice dice)
    {
        for (var i = dice.Next(3); i > 0; i--)
        {
            await Task.Yield();
        }
    }

    /// <summary>Reads that end when the test says so.</summary>
    private sealed class HeldRead
    {
        private readonly System.Threading.Channels.Channel<(TaskCompletionSource Go, TaskCompletionSource<RoomMemberships> Rows)> begun =
            System.Threading.Channels.Channel.CreateUnbounded<(TaskCompletionSource, TaskCompletionSource<RoomMemberships>)>();

        private int reads;

        public int Reads => reads;

        public async Task<RoomMemberships?> Read(Guid roomId)
        {
            Interlocked.Increment(ref reads);
            var (go, rows) = (new TaskCompletionSource(), new TaskCompletionSource<RoomMemberships>());
            await begun.Writer.WriteAsync((go, rows));
            var found = await rows.Task;
            await go.Task;
            return found;
        }

        /// <summary>A read has begun and sees these rows; it returns when the answer is set.</summary>
        public async Task<TaskCompletionSource> Next(RoomMemberships seen)
        {
            var (go, rows) = await begun.Reader.ReadAsync().AsTask().Within("a read to begin");
            rows.SetResult(seen);
            return go;
        }
    }

    /// <summary>Stands for the database: rows that are committed before memory hears of it, and reads that take their time.</summary>
    private sealed class Table(Guid[] rooms, Dice dice)
    {
        private readonly Dictionary<Guid, Dictionary<Guid, RoomRole>> members = rooms.ToDictionary(r => r, _ => new Dictionary<Guid, RoomRole>());

        public void Commit(Guid room, Guid person, RoomRole? role)
        {
            lock (members)
            {
                if (role is { } given)
                {
                    members[room][person] = given;
                }
                else
                {
                    members[room].Remove(person);
                }
            }
        }

        public async Task<RoomMemberships?> Read(Guid room)
        {
            Dice mine;
            lock (members)
            {
                mine = dice.Fork();
            }

            await Wander(mine);
            RoomMemberships seen;
            lock (members)
            {
                seen = new RoomMemberships(RoomType.Private, 0, [.. members[room]]);
            }

            await Wander(mine);
            return seen;
        }

        public Dictionary<Guid, RoomRole>.KeyCollection People(Guid room) => members[room].Keys;
    }
}
