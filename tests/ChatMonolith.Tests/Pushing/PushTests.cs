using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Pushing;

/// <summary>Web push from the message to what the browser reads, on both databases.</summary>
public class PushTests
{
    private static readonly (string, string)[] Settings = [("Push__AllowPrivateAddresses", "true"), ("Push__DelaySeconds", "0"), ("Push__RetrySeconds", "1"), ("Push__Contact", "mailto:ops@example.org")];

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task What_people_want_to_hear_reaches_their_browser_and_nothing_else(Engine engine)
    {
        await using var server = await RunningServer.Start(engine, Settings);
        await using var service = new PushServer();
        var people = await server.Register("Ann", "Bob", "Eve");
        var (ann, bob, eve) = (people[0], people[1], people[2]);
        var room = await ann.CreateRoom("plans", "private", bob);
        var direct = await ann.DirectRoomWith(bob);
        var browser = service.NewBrowser();
        (await bob.Http.Get("push/key")).Ok()["publicKey"].GetString()!.Length.ShouldBe(87);
        (await bob.Http.Post("push/subscriptions", browser.Subscription)).Ok(201)["current"].GetBoolean().ShouldBeTrue();
        (await bob.Http.Post("push/subscriptions", browser.Subscription)).Ok(200);

        await ann.Post(room, "nobody in particular");
        var sent = await ann.Post(room, $"@{bob.Username} one");
        var one = await browser.Gets($"@{bob.Username} one");
        (one.Payload.Word("kind"), one.Payload.Word("roomName"), one.Payload.Word("actorName"), one.Payload.Id("messageId"), one.Payload.Id("roomId"))
            .ShouldBe(("mention", "plans", "Ann", sent.Id(), room));
        (one.Claims.Word("aud"), one.Claims.Word("sub")).ShouldBe((service.Address.ToString().TrimEnd('/'), "mailto:ops@example.org"));
        (one.Headers["content-encoding"], one.Headers["urgency"], int.Parse(one.Headers["ttl"], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(("aes128gcm", "high", 86_400));

        await ann.Post(direct, "just us");
        (await browser.Gets("just us")).Payload.Word("kind").ShouldBe("direct");
        (await bob.Http.Put($"rooms/{room}/preferences", new { notify = "all" })).Ok(204);
        await ann.Post(room, "two");
        (await browser.Gets("two")).Payload.Word("kind").ShouldBe("message");

        (await bob.Http.Put($"rooms/{room}/preferences", new { muted = true })).Ok(204);
        await ann.Post(room, $"@{bob.Username} muted");
        (await bob.Http.Put("users/me/notifications", new { kinds = new { direct = new { push = false } } })).Ok();
        await ann.Post(direct, "not wanted");
        (await bob.Http.Put("users/me/notifications", new { kinds = new { direct = new { push = true } }, doNotDisturb = new { enabled = true, from = "00:00", to = "23:59", timeZone = "UTC" } })).Ok();
        await ann.Post(direct, "quiet hours");
        (await bob.Http.Put("users/me/notifications", new { doNotDisturb = new { enabled = false } })).Ok();
        await bob.Connect();
        await bob.Live.Do("focus", new { on = true });
        await ann.Post(direct, "he is looking");
        await Settled(server, bob, service);
        await bob.Live.Do("focus", new { on = false });
        await ann.Post(direct, "he looked away");
        await browser.Gets("he looked away");
        browser.Received.Select(p => p.Payload.Text()).ShouldBe([$"@{bob.Username} one", "just us", "two", "he looked away"]);
        await Done(people);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_push_is_repeated_until_it_is_taken_survives_a_crash_and_ends_with_the_browser_or_the_session(Engine engine)
    {
        await using var server = await RunningServer.Start(engine, Settings);
        await using var service = new PushServer();
        var people = await server.Register("Ann", "Bob");
        var (ann, bob) = (people[0], people[1]);
        var direct = await ann.DirectRoomWith(bob);
        var (browser, gone, late) = (service.NewBrowser(), service.NewBrowser(), service.NewBrowser());
        await using var other = await bob.AtAnotherDevice();
        await using var third = await bob.AtAnotherDevice();
        (await bob.Http.Post("push/subscriptions", browser.Subscription)).Ok(201);
        (await other.Http.Post("push/subscriptions", gone.Subscription)).Ok(201);
        (await third.Http.Post("push/subscriptions", late.Subscription)).Ok(201);

        browser.Answers.Enqueue(503);
        browser.Answers.Enqueue(429);
        gone.Answers.Enqueue(410);
        await ann.Post(direct, "again and again");
        await browser.Gets("again and again");
        browser.Refused.ShouldBe(2);
        await Deadline.Until(async () => (await bob.Http.Get("push/subscriptions")).Ok()["items"].GetArrayLength() == 2, "the browser that is gone to be forgotten");

        await late.Gets("again and again");
        (await third.Http.Post("auth/logout")).Ok(204);
        (await bob.Http.Get("push/subscriptions")).Ok()["items"].GetArrayLength().ShouldBe(1);

        browser.Answers.Enqueue(503);
        var secret = await ann.Post(direct, "taken back");
        await ann.Post(direct, "kept over a crash");
        await server.Kill9();
        await server.Restart();
        await browser.Gets("kept over a crash");
        secret.Id().ShouldNotBe(Guid.Empty);
        late.Received.Count.ShouldBe(1);
        gone.Received.ShouldBeEmpty();
        await Done(people);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_deleted_message_is_pushed_no_more_and_a_read_one_neither(Engine engine)
    {
        await using var server = await RunningServer.Start(engine, [.. Settings.Where(s => s.Item1 != "Push__DelaySeconds"), ("Push__DelaySeconds", "2")]);
        await using var service = new PushServer();
        var people = await server.Register("Ann", "Bob");
        var (ann, bob) = (people[0], people[1]);
        var room = await ann.CreateRoom("plans", "private", bob);
        var browser = service.NewBrowser();
        (await bob.Http.Post("push/subscriptions", browser.Subscription)).Ok(201);
        var deleted = await ann.Post(room, $"@{bob.Username} taken back");
        (await ann.Http.Delete($"messages/{deleted.Id()}")).Ok(204);
        var read = await ann.Post(room, $"@{bob.Username} read");
        (await bob.Http.Put($"rooms/{room}/read", new { seq = read.Seq() })).Ok(204);
        await ann.Post(room, $"@{bob.Username} left");
        await browser.Gets($"@{bob.Username} left");
        browser.Received.Count.ShouldBe(1);
        await Done(people);
    }

    [Fact]
    public async Task Endpoints_are_addresses_on_the_public_internet_and_bounded()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("Push__SubscriptionsPerPerson", "2"), ("Push__DelaySeconds", "0"));
        await using var service = new PushServer();
        await using var ann = await server.Register("Ann");
        var browser = service.NewBrowser();
        var keys = System.Text.Json.JsonSerializer.SerializeToElement(browser.Subscription).GetProperty("keys");
        foreach (var endpoint in new[] { service.Address + "push/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x", "http://push.example.org/x", "https://user@push.example.org/x", "file:///etc/passwd", "x", "", "https://push.example.org/" + new string('x', 1000) })
        {
            (await ann.Http.Post("push/subscriptions", new { endpoint, keys })).Fails(400, "validation");
        }

        (await ann.Http.Post("push/subscriptions", new { endpoint = "https://push.example.org/1", keys = new { p256dh = "BA", auth = "AA" } })).Fails(400, "validation");
        (await ann.Http.Post("push/subscriptions", new { endpoint = "https://localhost:1/1", keys })).Ok(201);
        var second = (await ann.Http.Post("push/subscriptions", new { endpoint = "https://push.example.org/2", keys })).Ok(201);
        second["endpointOrigin"].GetString().ShouldBe("https://push.example.org");
        (await ann.Http.Post("push/subscriptions", new { endpoint = "https://push.example.org/3", keys })).Fails(409, "conflict");
        await using var eve = await server.Register("Eve");
        (await eve.Http.Delete($"push/subscriptions/{second.Json.Id()}")).Fails(404, "not_found");
        (await ann.Http.Delete($"push/subscriptions/{second.Json.Id()}")).Ok(204);
        (await eve.Http.Post("push/test")).Fails(404, "not_found");
        (await ann.Http.Post("push/test")).Ok(202);
        (await ann.Http.Get("push/subscriptions")).Ok()["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_key_stays_over_a_restart_and_push_can_be_turned_off()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, Settings);
        await using var ann = await server.Register("Ann");
        var key = (await ann.Http.Get("push/key")).Ok()["publicKey"].GetString();
        await server.Stop();
        await server.Restart();
        (await ann.Http.Get("push/key")).Ok()["publicKey"].GetString().ShouldBe(key);
        await server.Stop();
        server.Set("Push__Enabled", "false");
        await server.Restart();
        (await ann.Http.Get("push/key")).Fails(404, "not_found");
    }

    /// <summary>Everything that was owed before now is sent or dropped: a trial to another of the person's browsers comes after it.</summary>
    private static async Task Settled(RunningServer server, Person person, PushServer service)
    {
        await using var marker = await server.Register("Marker");
        var browser = service.NewBrowser();
        (await marker.Http.Post("push/subscriptions", browser.Subscription)).Ok(201);
        (await marker.Http.Post("push/test")).Ok(202);
        await browser.Gets("Notifications reach this device.");
        await person.Live.Settle();
    }

    private static async Task Done(Person[] people)
    {
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }
}
