using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Files;

/// <summary>Files in rooms, to people, and in messages: who sees them, and that the message and its file are one.</summary>
public abstract class SharingTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer server) : SharingTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : SharingTests(server);

    public sealed class OnS3(S3Server server) : SharingTests(server);

    [Fact]
    public async Task A_file_of_ones_own_comes_back_as_it_was_and_is_nobody_elses()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var bytes = FilePeople.Random(300_000);
        var file = await ann.Store("notes.bin", bytes);
        file.String("sha256").ShouldBe(FilePeople.Sha256(bytes));
        file.GetProperty("size").GetInt64().ShouldBe(bytes.Length);
        file.GetProperty("roomId").ValueKind.ShouldBe(JsonValueKind.Null);
        file.Id("ownerId").ShouldBe(ann.Id);

        // Before the download, which is counted a moment later.
        (await ann.Http.Get($"files/{file.Id()}")).Ok(200).Json.ToString().ShouldBe(file.ToString());
        (await ann.Download(file.Id())).ShouldBe(bytes);
        (await bob.Http.Get($"files/{file.Id()}/content")).Fails(404, "not_found");
    }

    [Fact]
    public async Task A_file_to_a_room_is_its_message_live_in_history_and_in_the_log_and_a_repeat_is_one_message()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("files", "private", bob);
        await bob.Connect();
        var picture = FilePeople.Png();
        var shared = await ann.Share(room, "cat.png", picture, "once");
        shared.Status.ShouldBe(201);
        var (file, message) = (shared["file"], shared["message"]);
        message.String("type").ShouldBe("file");
        message.GetProperty("attachments")[0].Id().ShouldBe(file.Id());
        (file.GetProperty("width").GetInt32(), file.GetProperty("height").GetInt32(), file.String("contentType")).ShouldBe((3, 2, "image/png"));

        var frame = await bob.Live.WaitFor(f => f.Type() == "message.created" && f.GetProperty("message").Id() == message.Id(), "the file's message");
        var attachment = frame.GetProperty("message").GetProperty("attachments")[0];
        (attachment.String("name"), attachment.Id("roomId")).ShouldBe(("cat.png", room));
        (await bob.Download(file.Id())).ShouldBe(picture);

        var again = await ann.Share(room, "cat.png", picture, "once");
        (again.Status, again["message"].Id(), again["file"].Id()).ShouldBe((200, message.Id(), file.Id()));
        (await ann.PostFile("dog.png", picture, ("roomId", room.ToString()), ("clientId", "once"))).Fails(409, "conflict");

        // Without words it is told by its name: quoted, live and later, and as what somebody is notified of.
        var dog = (await bob.Store("dog.png", picture)).Id();
        var answer = (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "dog", text = "", replyTo = message.Id(), attachments = new[] { dog } })).Ok(201).Json;
        (await bob.Live.WaitFor(f => f.Type() == "message.created" && f.GetProperty("message").Id() == answer.Id(), "the answer")).GetProperty("message").GetProperty("replyTo").String("excerpt").ShouldBe("cat.png");
        (await ann.Http.Get($"messages/{answer.Id()}")).Ok()["replyTo"].String("excerpt").ShouldBe("cat.png");
        (await ann.Http.Get("notifications")).Ok()["items"].EnumerateArray().Single(n => n.Id("messageId") == answer.Id()).String("text").ShouldBe("dog.png");

        var history = await bob.History(room);
        history.Count(m => m.String("type") == "file").ShouldBe(2);
        history.Single(m => m.Id() == message.Id()).GetProperty("attachments")[0].Id().ShouldBe(file.Id());
        (await bob.Events(room)).Single(e => e.Type() == "message.created" && e.GetProperty("message").Id() == message.Id()).GetProperty("message").GetProperty("attachments")[0].Id().ShouldBe(file.Id());
        (await ann.Http.Get("files/usage")).Ok()["files"].GetInt64().ShouldBe(1);
        (await bob.Http.Get("rooms")).Ok().Json.GetProperty("items").EnumerateArray().Single(r => r.Id() == room).GetProperty("lastMessage").GetProperty("attachments").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_file_to_a_person_by_id_username_or_email_comes_into_the_direct_room()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await bob.Connect();
        foreach (var recipient in (string[])[bob.Id.ToString(), bob.Username, "@" + bob.Username, $"{bob.Username.ToUpperInvariant()}@EXAMPLE.org"])
        {
            var sent = (await ann.PostFile("plan.txt", Encoding.UTF8.GetBytes("for " + recipient), ("recipientId", recipient), ("clientId", Person.NewClientId()))).Ok(201);
            sent["file"].Id("recipientId").ShouldBe(bob.Id);
            (await bob.Download(sent["file"].Id())).ShouldBe(Encoding.UTF8.GetBytes("for " + recipient));
            await bob.Live.WaitFor(f => f.Type() == "message.created" && f.GetProperty("message").Id() == sent["message"].Id(), "the direct message");
        }

        (await ann.PostFile("x", [1], ("recipientId", "nobody-here"), ("clientId", "c"))).Fails(404, "not_found");
        (await ann.PostFile("x", [1], ("recipientId", Guid.CreateVersion7().ToString()), ("clientId", "c"))).Fails(404, "not_found");
        (await ann.PostFile("x", [1], ("recipientId", ann.Username), ("clientId", "c"))).Fails(400, "validation");
        (await ann.PostFile("x", [1], ("recipientId", bob.Username))).Fails(400, "validation");
        (await ann.Http.Get("files/usage")).Ok()["files"].GetInt64().ShouldBe(4);
    }

    [Fact]
    public async Task Attachments_are_ones_own_files_in_one_room_each_and_fall_off_with_their_message()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("work", "private", bob);
        var first = await ann.Store("one.txt", "one"u8.ToArray());
        var second = await ann.Store("two.txt", "two"u8.ToArray());
        var bobs = await bob.Store("three.txt", "three"u8.ToArray());
        await bob.Connect();
        await ann.Connect();
        var message = (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "a", text = "look at both", attachments = new[] { second.Id(), first.Id() } })).Ok(201).Json;
        message.GetProperty("attachments").EnumerateArray().Select(f => f.String("name")).ShouldBe(["two.txt", "one.txt"]);
        message.String("type").ShouldBe("file");
        var seen = await bob.Sees("look at both");
        seen.GetProperty("message").GetProperty("attachments").GetArrayLength().ShouldBe(2);
        (await bob.Download(first.Id())).ShouldBe("one"u8.ToArray());

        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "a", text = "look at both", attachments = new[] { second.Id(), first.Id() } })).Ok(200).Json.Id().ShouldBe(message.Id());
        var other = await ann.CreateRoom("other");
        foreach (var bad in (Guid[][])[[first.Id()], [bobs.Id()], [Guid.CreateVersion7()], [second.Id(), second.Id()]])
        {
            (await ann.Http.Post($"rooms/{other}/messages", new { clientId = Person.NewClientId(), text = "no", attachments = bad })).Fails(400, "validation");
            (await ann.Live.Refused("message.send", new { roomId = other, clientId = Person.NewClientId(), text = "no", attachments = bad }, "validation")).Type().ShouldBe("error");
        }

        var third = await ann.Store("third.txt", "3"u8.ToArray());
        var silent = await ann.Live.Do("message.send", new { roomId = other, clientId = "s", text = "", attachments = new[] { third.Id() } });
        (await ann.Http.Get($"messages/{silent.Id()}")).Ok()["attachments"][0].Id().ShouldBe(third.Id());
        (await ann.Http.Post($"rooms/{other}/messages", new { clientId = "t", text = "" })).Fails(400, "validation");

        // Edited it still shows them; deleted it lets go of them, and they are their owner's alone again.
        (await ann.Http.Patch($"messages/{message.Id()}", new { text = "look again" })).Ok()["attachments"].GetArrayLength().ShouldBe(2);
        (await ann.Http.Delete($"messages/{message.Id()}")).Ok(204);
        (await bob.Http.Get($"files/{first.Id()}")).Fails(404, "not_found");
        (await ann.Http.Get($"files/{first.Id()}")).Ok()["roomId"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await ann.Http.Post($"rooms/{other}/messages", new { clientId = "u", text = "now here", attachments = new[] { first.Id() } })).Ok(201);
    }

    [Fact]
    public async Task A_deleted_file_leaves_its_message_and_a_message_that_was_only_the_file_goes_with_it()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var eve = await Server.Register("Eve");
        var room = await ann.CreateRoom("work", "private", bob, eve);
        await eve.Connect();
        var shared = await bob.Share(room, "a.txt", "a"u8.ToArray());
        (await eve.Http.Delete($"files/{shared["file"].Id()}")).Fails(403, "forbidden");
        (await ann.Http.Delete($"files/{shared["file"].Id()}")).Ok(204);
        await eve.Live.WaitFor(f => f.Type() == "message.deleted" && f.Id("messageId") == shared["message"].Id(), "the tombstone");
        (await bob.Http.Get($"files/{shared["file"].Id()}")).Fails(404, "not_found");
        (await bob.Http.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(0);

        var own = await bob.Store("b.txt", "b"u8.ToArray());
        var message = (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "m", text = "with text", attachments = new[] { own.Id() } })).Ok(201).Json;
        (await bob.Http.Delete($"files/{own.Id()}")).Ok(204);
        var edited = await eve.Live.WaitFor(f => f.Type() == "message.edited" && f.GetProperty("message").Id() == message.Id(), "the message without its file");
        edited.GetProperty("message").TryGetProperty("attachments", out _).ShouldBeFalse();
        (await eve.Http.Get($"messages/{message.Id()}")).Ok()["attachments"].GetArrayLength().ShouldBe(0);

        var posted = await bob.Share(room, "c.txt", "c"u8.ToArray());
        (await bob.Http.Delete($"messages/{posted["message"].Id()}")).Ok(204);
        (await bob.Http.Get($"files/{posted["file"].Id()}")).Fails(404, "not_found");
    }

    [Fact]
    public async Task A41_B20_B21_what_is_not_ones_own_is_as_if_it_were_not_there_by_every_route_and_verb()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var mallory = await Server.Register("Mallory");
        var room = await ann.CreateRoom("secret", "private", bob);
        var open = await mallory.CreateRoom("own");
        var shared = (await ann.Share(room, "plan.png", FilePeople.Png()))["file"].Id();
        var upload = (await ann.BeginUpload(10)).UploadId();
        var transfer = (await ann.Http.Post("transfers", new { fileIds = new[] { shared }, recipients = new[] { new { userId = bob.Id } } })).Ok(201)["transfer"].Id();
        var nothing = Guid.CreateVersion7();
        (HttpMethod Method, string Path, object? Body)[] asked =
        [
            (HttpMethod.Get, "files/{0}", null), (HttpMethod.Delete, "files/{0}", null), (HttpMethod.Get, "files/{0}/content", null), (HttpMethod.Get, "files/{0}/content?version=1", null),
            (HttpMethod.Get, "files/{0}/thumbnail", null), (HttpMethod.Get, "files/{0}/versions", null), (HttpMethod.Get, "files/{0}/downloads", null),
        ];
        foreach (var (method, path, body) in asked)
        {
            var theirs = await mallory.Http.Send(method, string.Format(null, path, shared), body);
            var none = await mallory.Http.Send(method, string.Format(null, path, nothing), body);
            theirs.Fails(404, "not_found");
            (theirs["detail"].GetString(), theirs["title"].GetString()).ShouldBe((none["detail"].GetString(), none["title"].GetString()));
        }

        (await mallory.Http.Put($"files/{shared}/thumbnail", new ByteArrayContent(FilePeople.Png()))).Fails(404, "not_found");
        (await mallory.Http.Post($"files/{shared}/versions", FilePeople.Form("x", [1]))).Fails(404, "not_found");
        (await bob.Http.Post($"files/{shared}/versions", FilePeople.Form("x", [1]))).Fails(404, "not_found");
        foreach (var method in (HttpMethod[])[HttpMethod.Head, HttpMethod.Delete])
        {
            (await mallory.Tus(method, $"uploads/{upload}")).Status.ShouldBe(404);
        }

        (await mallory.Append($"uploads/{upload}", 0, [1])).Fails(404, "not_found");
        (await mallory.Tus(HttpMethod.Post, $"uploads/{upload}", null, ("X-HTTP-Method-Override", "DELETE"))).Fails(404, "not_found");
        (await mallory.Http.Get($"uploads/{upload}")).Fails(404, "not_found");
        (await mallory.Http.Get($"transfers/{transfer}")).Fails(404, "not_found");
        (await mallory.Http.Delete($"transfers/{transfer}")).Fails(404, "not_found");
        (await mallory.Http.Post("transfers", new { fileIds = new[] { shared } })).Fails(400, "validation");
        (await mallory.PostFile("x", [1], ("roomId", room.ToString()), ("clientId", "c"))).Fails(404, "not_found");
        (await mallory.Http.Post($"rooms/{open}/messages", new { clientId = "c", text = "x", attachments = new[] { shared } })).Fails(400, "validation");
        (await Server.Anonymous.Get($"files/{shared}/content")).Fails(401, "unauthenticated");
        (await ann.Http.Get($"uploads/{upload}")).Ok();
        (await bob.Http.Get($"transfers/{transfer}")).Ok();
    }

    [Fact]
    public async Task B4_who_was_removed_sees_no_file_of_the_room_any_more_and_who_joins_later_sees_all()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("work", "private", bob);
        var file = (await ann.Share(room, "a.txt", "a"u8.ToArray()))["file"].Id();
        (await bob.Download(file)).ShouldBe("a"u8.ToArray());
        await ann.Remove(room, bob);
        (await bob.Http.Get($"files/{file}/content")).Fails(404, "not_found");
        (await bob.Http.Get("files?box=received")).Ok()["items"].GetArrayLength().ShouldBe(0);
        await ann.Add(room, bob);
        (await bob.Download(file)).ShouldBe("a"u8.ToArray());
    }

    [Fact]
    public async Task The_boxes_hold_what_is_ones_own_what_one_sent_and_what_one_got_by_pages_and_names()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("work", "private", bob);
        for (var i = 0; i < 5; i++)
        {
            await ann.Store($"Übersicht {i}.txt", [(byte)i]);
            await ann.Share(room, $"Bericht {i}.txt", [(byte)i]);
        }

        var direct = (await ann.PostFile("gift.txt", [1], ("recipientId", bob.Username), ("clientId", "g"))).Ok(201)["file"].Id();
        (await Names(ann, "box=mine&query=ÜBER")).ShouldBe(["Übersicht 4.txt", "Übersicht 3.txt", "Übersicht 2.txt", "Übersicht 1.txt", "Übersicht 0.txt"]);
        (await Names(ann, "box=sent")).Count.ShouldBe(6);
        (await Names(ann, "box=received")).ShouldBeEmpty();
        (await Names(bob, "box=received&query=bericht")).Count.ShouldBe(5);
        (await Names(bob, "box=received")).Count.ShouldBe(6);
        (await bob.Http.Delete($"files/{direct}")).Ok(204);
        (await Names(bob, "box=received")).ShouldNotContain("gift.txt");
        (await ann.Http.Get($"files/{direct}")).Ok();
        (await ann.Http.Get("files?box=other")).Fails(400, "validation");
        (await ann.Http.Get("files?cursor=x")).Fails(400, "validation");
    }

    [Fact]
    public async Task A_search_with_has_file_finds_messages_that_show_one()
    {
        await using var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("work");
        await ann.Post(room, "harvest plan alone");
        var file = await ann.Store("x.txt", [1]);
        var with = (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "w", text = "harvest plan with a file", attachments = new[] { file.Id() } })).Ok(201).Json.Id();
        var hits = (await ann.Http.Get("search?q=harvest&has=file")).Ok()["items"].EnumerateArray().ToList();
        hits.Select(h => h.GetProperty("message").Id()).ShouldBe([with]);
        hits[0].GetProperty("message").GetProperty("attachments")[0].Id().ShouldBe(file.Id());
        (await ann.Http.Get("search?q=harvest")).Ok()["items"].GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Versions_keep_what_was_and_the_room_hears_of_what_is_new()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("work", "private", bob);
        await bob.Connect();
        var shared = await ann.Share(room, "draft.txt", "first"u8.ToArray());
        var id = shared["file"].Id();
        var newer = (await ann.Http.Post($"files/{id}/versions", FilePeople.Form("final.txt", "second"u8.ToArray()))).Ok(201).Json;
        (newer.GetProperty("version").GetInt32(), newer.String("name")).ShouldBe((2, "final.txt"));
        var edited = await bob.Live.WaitFor(f => f.Type() == "message.edited", "the newer version");
        edited.GetProperty("message").GetProperty("attachments")[0].GetProperty("version").GetInt32().ShouldBe(2);
        (await bob.Download(id)).ShouldBe("second"u8.ToArray());
        (await bob.Http.Fetch($"files/{id}/content?version=1")).Bytes.ShouldBe("first"u8.ToArray());
        (await bob.Http.Get($"files/{id}/content?version=3")).Fails(404, "not_found");
        (await bob.Http.Get($"files/{id}/versions")).Ok()["items"].EnumerateArray().Select(v => v.GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        (await ann.Http.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(11);
        (await ann.Http.Delete($"files/{id}")).Ok(204);
        (await ann.Http.Get("files/usage")).Ok()["bytes"].GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A60_A67_a_thumbnail_is_a_bounded_picture_and_nothing_but_the_picture()
    {
        await using var ann = await Server.Register("Ann");
        var file = (await ann.Store("scan.pdf", "%PDF-1.7 …"u8.ToArray())).Id();
        (await ann.Http.Get($"files/{file}/thumbnail")).Fails(404, "not_found");
        var withPlace = Pictures.SamplePictures.Png(40, 30, ("tEXt", "GPS 48.2"));
        (await ann.Http.Put($"files/{file}/thumbnail", new ByteArrayContent(withPlace))).Ok()["hasThumbnail"].GetBoolean().ShouldBeTrue();
        var (answer, bytes) = await ann.Http.Fetch($"files/{file}/thumbnail");
        (answer.Ok().ContentType, answer.Header("X-Content-Type-Options")).ShouldBe(("image/png", "nosniff"));
        Encoding.Latin1.GetString(bytes).ShouldNotContain("GPS");
        (await ann.Http.Put($"files/{file}/thumbnail", new ByteArrayContent(Pictures.SamplePictures.Png(30_000, 30_000)))).Fails(400, "validation");
        (await ann.Http.Put($"files/{file}/thumbnail", new ByteArrayContent("<svg/>"u8.ToArray()))).Fails(415, "unsupported_media");
        (await ann.Http.Put($"files/{file}/thumbnail", new ByteArrayContent(new byte[3 * 1024 * 1024]))).Fails(413, "too_large");
    }

    private static async Task<List<string?>> Names(Person person, string query)
    {
        var names = new List<string?>();
        string? cursor = null;
        do
        {
            var page = (await person.Http.Get($"files?{query}&limit=2{(cursor is null ? "" : "&cursor=" + cursor)}")).Ok();
            names.AddRange(page["items"].EnumerateArray().Select(f => f.String("name")));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return names;
    }
}
