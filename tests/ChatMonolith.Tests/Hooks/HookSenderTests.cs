using System.Text.Json;
using ChatMonolith.Hooks;
using ChatMonolith.Hooks.Commands;
using ChatMonolith.Hooks.Data;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Tests.Hooks;

/// <summary>What one hook or command may cost the others.</summary>
public class HookSenderTests
{
    [Fact]
    public async Task A_hook_that_cannot_be_sent_and_one_whose_receiver_is_slow_hold_up_no_other()
    {
        await using var slow = new HookReceiver();
        await using var quick = new HookReceiver();
        var thought = new TaskCompletionSource();
        await using var server = await InProcess.Start("--Hooks:AllowPrivateAddresses=true", "--Hooks:TimeoutSeconds=60");
        using var http = new HttpCaller(server.Address);
        (await http.Post("auth/register", new { username = "root", email = "root@example.org", password = "long copper kettle 47" })).Ok(201);
        http.AccessToken = (await http.Post("auth/login", new { login = "root", password = "long copper kettle 47" })).Ok(200)["accessToken"].GetString();
        var room = (await http.Post("rooms", new { name = "plans", type = "private" })).Ok(201)["id"].GetGuid();
        async Task<Guid> Hook(HookReceiver receiver) => (await http.Post($"rooms/{room}/hooks", new { name = "x", url = receiver.Address })).Ok(201)["hook"].GetProperty("id").GetGuid();
        async Task Say(string text) => (await http.Post($"rooms/{room}/messages", new { text, clientId = Person.NewClientId() })).Ok(201);
        var broken = await Hook(quick);
        await Hook(slow);
        await Hook(quick);

        // As after a change of the server's secret: what it would be signed with cannot be opened.
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<HooksDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            (await db.Hooks.Where(h => h.Id == broken).ExecuteUpdateAsync(set => set.SetProperty(h => h.Sealed, new byte[3]))).ShouldBe(1);
            await transaction.CommitAsync();
        }

        slow.Thinks = thought.Task;
        try
        {
            await Say("one");
            await quick.Gets("one");
            await Say("two");
            await quick.Gets("two");
            slow.Entries.Count(e => e.Type() == "message.created").ShouldBe(1, "it still thinks about the first");
        }
        finally
        {
            thought.SetResult();
        }

        await slow.Gets("two");
        var failed = default(JsonElement);
        await Deadline.Until(
            async () =>
            {
                failed = (await http.Get($"rooms/{room}/hooks")).Ok(200)["items"].EnumerateArray().Single(h => h.GetProperty("id").GetGuid() == broken).Clone();
                return failed.GetProperty("failures").GetInt32() > 0;
            },
            "the failure to be written down");
        failed.GetProperty("problem").GetString().ShouldBe("The server could not send it.");
        failed.GetProperty("disabledAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void A_room_takes_its_own_places_for_commands_and_leaves_the_others_theirs()
    {
        var places = new CommandPlaces(Options.Create(new HooksOptions { CommandsAtOnce = 6, CommandsAtOncePerRoom = 4 }));
        Guid[] rooms = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        for (var i = 0; i < 4; i++)
        {
            places.TryEnter(rooms[0]).ShouldBeTrue();
        }

        places.TryEnter(rooms[0]).ShouldBeFalse();
        places.TryEnter(rooms[1]).ShouldBeTrue();
        places.TryEnter(rooms[1]).ShouldBeTrue();
        places.TryEnter(rooms[1]).ShouldBeFalse("the server's places are taken");
        places.Leave(rooms[0]);
        places.TryEnter(rooms[1]).ShouldBeTrue();
        places.Leave(rooms[0]);
        places.TryEnter(rooms[0]).ShouldBeTrue();
    }
}
