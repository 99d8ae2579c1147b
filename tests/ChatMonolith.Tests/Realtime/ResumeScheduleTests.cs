using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging;
using ChatMonolith.Rooms;
using ChatMonolith.Rooms.Members;
using ChatMonolith.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Realtime;

/// <summary>
/// Promises 3 to 6 of the real-time contract, under interleavings that nobody would write by hand: writers, disconnects, slow readers,
/// removals and resumes run at once against the real log and the real sequencer. The seed of a failing schedule is in its message.
/// </summary>
public sealed class ResumeScheduleTests
{
    private const int Actors = 8;
    private static readonly ulong Schedules = Depth.IsDeep ? 200_000UL : 4_000UL;

    [Fact]
    public async Task C4_No_schedule_of_writers_removals_and_resumes_makes_a_hole_a_double_or_a_leak()
    {
        await using var server = await InProcess.Start();
        var ann = await server.Register("ann");
        var bob = await server.Register("bob");
        var seed = Dice.FromEnvironment().Seed;
        var next = seed;
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(_ => Task.Run(async () =>
        {
            var made = await server.Send(new CreateRoom.Command(ann, RoomType.Private, "r", null, [bob.UserId]));
            ulong mine;
            while ((mine = Interlocked.Increment(ref next)) - seed <= Schedules)
            {
                var schedule = new Schedule(server, ann, bob, made.Value.Room.Id, mine);
                try
                {
                    await schedule.Run();
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"The schedule with CHAT_SEED={mine - 1} failed: {e.Message}\n{schedule.Story()}", e);
                }
            }
        })));
    }

    /// <summary>One room, one writer, one device of somebody who comes and goes, and is removed and added meanwhile.</summary>
    private sealed class Schedule(InProcess server, Caller ann, Caller bob, Guid room, ulong seed)
    {
        private readonly Dice dice = new(seed);
        private readonly List<string> story = [];
        private readonly List<InProcess.Device> devices = [];
        private long first;
        private long last;

        public string Story()
        {
            lock (story)
            {
                return string.Join('\n', story);
            }
        }

        private bool wasRemoved;

        public async Task Run()
        {
            first = last = await server.Services.GetRequiredService<IRoomLog>().LastSeq(room, CancellationToken.None);
            var writing = Write(3 + dice.Next(11));
            var removing = dice.OneIn(2) ? RemoveAndAdd() : Task.CompletedTask;
            await ComeAndGo(1 + dice.Next(3));
            await Task.WhenAll(writing, removing);
            await Check();
        }

        private async Task Write(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var posted = await server.Send(new PostMessage.Command(room, ann.UserId, ann.SessionId, $"{seed}-{i}", "text " + i, null, null, [], null));
                posted.IsOk.ShouldBeTrue(posted.Error?.ToString());
            }
        }

        private async Task RemoveAndAdd()
        {
            wasRemoved = true;
            (await server.Send(new RemoveMember.Command(ann, room, bob.UserId))).IsOk.ShouldBeTrue();
            var handed = Handed();
            Say($"removed after {handed}");
            await Write("after removal", dice.Next(4));
            Handed().ShouldBe(handed, "nothing of the room is handed over once the removal has returned");
            (await server.Send(new AddMembers.Command(ann, room, [bob.UserId]))).IsOk.ShouldBeTrue();
            Say("added");
        }

        private async Task Write(string text, int count)
        {
            for (var i = 0; i < count; i++)
            {
                (await server.Send(new PostMessage.Command(room, ann.UserId, ann.SessionId, $"{seed}-{text}-{i}", text, null, null, [], null))).IsOk.ShouldBeTrue();
            }
        }

        private async Task ComeAndGo(int lives)
        {
            for (var life = 0; life < lives; life++)
            {
                var device = await server.Open(bob, resume: true);
                lock (devices)
                {
                    devices.Add(device);
                }

                if (dice.OneIn(3))
                {
                    device.Wire.Stall();
                    _ = Later(device.Wire.Flow);
                }

                var reply = await device.Resume(0, new Dictionary<string, long>(StringComparer.Ordinal) { [room.ToString()] = last });
                await Verify(device, reply);
                for (var pause = dice.Next(6); pause > 0; pause--)
                {
                    await Task.Yield();
                }

                await device.Drop();
                last = Follow(device, reply, last);
                Say($"life {life} ended at {last}");
            }
        }

        private static async Task Later(Action action)
        {
            await Task.Yield();
            action();
        }

        private static Task Verify(InProcess.Device device, JsonElement reply)
        {
            device.Wire.Frames.First(f => f.Type() is "hello" or "ok").Type().ShouldBe("hello");
            reply.Type().ShouldBe("ok");
            return Task.CompletedTask;
        }

        /// <summary>Checks what one socket got, and returns the number up to which its client now knows the room.</summary>
        private long Follow(InProcess.Device device, JsonElement reply, long from)
        {
            var told = reply.GetProperty("rooms").GetProperty(room.ToString());
            var complete = told.GetProperty("complete").GetBoolean();
            var at = from;
            var sawReply = false;
            var isOut = false;
            foreach (var frame in device.Wire.Frames)
            {
                if (frame.Type() == "ok")
                {
                    sawReply = true;
                    if (complete && at != told.GetProperty("seq").GetInt64())
                    {
                        // The end of the replay was taken back from behind the reply's back: only a removal does that, and the client
                        // then hears nothing of the room until it comes back.
                        wasRemoved.ShouldBeTrue("the replay is whole before the reply");
                        at = 0;
                        isOut = true;
                    }
                    else if (!complete)
                    {
                        // The room was gone for a moment, perhaps in the middle of its replay: the client begins it anew.
                        at = 0;
                    }

                    continue;
                }

                if (!IsOfRoom(frame))
                {
                    continue;
                }

                var seq = frame.GetProperty("seq").GetInt64();
                var newcomer = frame.Type() == "member.joined" && frame.GetProperty("userId").GetGuid() == bob.UserId && sawReply;
                (newcomer || !isOut).ShouldBeTrue("nothing of a room after a removal but the coming back");
                isOut = false;
                if (newcomer || (at == 0 && sawReply))
                {
                    at = seq;
                    continue;
                }

                seq.ShouldBe(at + 1, "numbers follow each other");
                at = seq;
            }

            return at;
        }

        private async Task Check()
        {
            var device = await server.Open(bob, resume: true);
            var reply = await device.Resume(0, new Dictionary<string, long>(StringComparer.Ordinal) { [room.ToString()] = first });
            var events = await server.Send(new GetEvents.Query(room, bob.UserId, bob.SessionId, first, 1000, 0));
            events.IsOk.ShouldBeTrue(events.Error?.ToString());
            var told = reply.GetProperty("rooms").GetProperty(room.ToString());
            told.GetProperty("seq").GetInt64().ShouldBe(events.Value.LastSeq);
            told.GetProperty("digest").GetString().ShouldBe(events.Value.Digest);
            device.Wire.Frames.Where(IsOfRoom).Select(f => f.GetProperty("seq").GetInt64()).ShouldBe(events.Value.Items.Select(e => e.Seq));
            events.Value.Items.Select(e => e.Seq).ShouldBe(Enumerable.Range(1, events.Value.Items.Count).Select(n => first + n));
            await device.Drop();
        }

        private bool IsOfRoom(JsonElement frame) =>
            frame.TryGetProperty("seq", out _) && frame.TryGetProperty("roomId", out var id) && id.GetGuid() == room;

        private int Handed()
        {
            lock (devices)
            {
                return devices.Sum(d => d.Wire.Frames.Count(IsOfRoom));
            }
        }

        private void Say(string line)
        {
            lock (story)
            {
                story.Add(line);
            }
        }
    }
}
