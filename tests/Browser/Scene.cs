using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Browser;

/// <summary>A conversation with everything in it that the pages have to show: what the screenshots and the accessibility tests look at.</summary>
/// <param name="Viewer">Who looks.</param>
/// <param name="Room">A private room with quotes, code, reactions, a pin, a mention and an edited message.</param>
/// <param name="Empty">A room in which nothing was said.</param>
/// <param name="Direct">A direct room.</param>
/// <param name="Thread">The message in it that a thread hangs from.</param>
/// <param name="Other">Somebody else.</param>
internal sealed record Scene(Person Viewer, Guid Room, Guid Empty, Guid Direct, Guid Thread, Guid Other)
{
    /// <summary>All that an address can show to somebody who is logged in.</summary>
    public (string Name, string Path)[] Pages =>
    [
        ("rooms", "/"), ("room", $"/rooms/{Room}"), ("members", $"/rooms/{Room}/members"), ("pins", $"/rooms/{Room}/pins"), ("details", $"/rooms/{Room}/details"),
        ("thread", $"/rooms/{Room}/thread/{Thread}"), ("room-settings", $"/rooms/{Empty}/settings"), ("no-rights", $"/rooms/{Room}/settings"),
        ("empty", $"/rooms/{Empty}"), ("direct", $"/rooms/{Direct}"), ("gone", $"/rooms/{Guid.Empty}"), ("unknown", "/nowhere/at/all"), ("invitation-gone", "/join"), ("directory", "/directory"),
        ("room-search", $"/rooms/{Room}/search?q=the"), ("threads", "/threads"), ("search", "/search?q=the"), ("search-start", "/search"), ("search-none", $"/search?q=tambourine&room={Room}&has=file"), ("inbox", "/inbox"), ("files", "/files"), ("files-received", "/files?box=received"), ("files-none", "/files?box=sent"), ("files-none-named", "/files?q=tambourine"), ("person", $"/people/{Other}"),
        ("profile", "/settings/profile"), ("appearance", "/settings/appearance"), ("notifications", "/settings/notifications"), ("sessions", "/settings/sessions"), ("password", "/settings/password"),
        ("keys", "/settings/keys"), ("security", "/settings/security"), ("tokens", "/settings/tokens"), ("account", "/settings/account"), ("hooks", $"/rooms/{Empty}/hooks"), ("no-hooks", $"/rooms/{Room}/hooks"),
    ];

    public static async Task<Scene> Set(RunningServer server)
    {
        await using var owner = await server.Register("Grace");
        var ada = await server.Register("Ada");
        await using var alan = await server.Register("Alan");
        await using var wordy = await server.Register("Wordy");
        (await wordy.Http.Patch("users/me", new { displayName = "Somebody whose name is longer than the place where it is shown" })).Ok();
        var room = await owner.CreateRoom("Release 0.1", "private", ada, alan, wordy);
        (await owner.Http.Patch($"rooms/{room}", new { topic = "What has to be done before the first release, who does it, and what is left of it" })).Ok();
        await owner.CreateRoom("Kettles", "public", ada);
        (await owner.Http.Patch($"rooms/{await owner.CreateRoom("A room whose name is as long as people make them when nobody stops them", "public")}", new { topic = "A topic that does not end where the line ends, because topics seldom do" })).Ok();
        var empty = await ada.CreateRoom("Quiet corner", "private");
        var direct = await ada.DirectRoomWith(alan);
        await alan.Post(direct, "Tea at four?");

        await owner.Post(room, "Good morning! Today we ship. What is left:\n\n- [x] the release notes\n- [ ] one look at the screenshots\n- [ ] tea");
        var question = await alan.Post(room, "Has anybody *measured* the start? `dotnet` says:\n\n```\nready after 0.9 s\n```");
        (await ada.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "Under a second here too.", replyTo = question.Id() })).Ok();
        (await owner.Http.Put($"messages/{question.Id()}/reactions/%F0%9F%91%8D")).Ok();
        (await ada.Http.Put($"messages/{question.Id()}/reactions/%F0%9F%91%8D")).Ok();
        (await owner.Http.Put($"messages/{question.Id()}/pin")).Ok();
        var edited = await wordy.Post(room, "The address is https://example.org/a/path/that/goes/on/and/on?and=on&and=on&until=it-is-wider-than-a-telephone");
        (await wordy.Http.Patch($"messages/{edited.Id()}", new { text = "The address is https://example.org/a/path/that/goes/on/and/on?and=on&and=on&until=it-is-wider-than-a-telephone and it works." })).Ok();
        var withdrawn = await alan.Post(room, "Wrong room.");
        (await alan.Http.Delete($"messages/{withdrawn.Id()}")).Ok(204);
        await WithFiles(owner, room, ada);
        await owner.Post(room, $"Then **yes**, @{ada.Username}. See https://example.org/plan for the rest.");
        foreach (var (who, text) in new[] { (ada, "On the old laptop it takes 1.4 s."), (owner, "Still fine. What does the profile say?"), (alan, $"Mostly the runtime itself. @{ada.Username}, can you look once more, with a warm disk?") })
        {
            (await who.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text, threadId = question.Id() })).Ok();
        }

        (await alan.Http.Patch("users/me", new { bio = "Can it think? Let us ask it." })).Ok();
        return new Scene(ada, room, empty, direct, question.Id(), alan.Id);
    }

    /// <summary>A picture and two other files in one message, and some that are the viewer's alone.</summary>
    private static async Task WithFiles(Person owner, Guid room, Person viewer)
    {
        var picture = (await owner.Store("The hill behind the office.png", Hill.Png())).Id();
        await Small(owner, picture);
        var plan = (await owner.Store("Release plan.pdf", "%PDF-1.4\n% a plan"u8.ToArray())).Id();
        var notes = (await owner.Store("notes.txt", "What we said:\n\n- ship it\n- tea\n"u8.ToArray())).Id();
        (await owner.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text = "The plan, and where we go afterwards:", attachments = new[] { picture, plan, notes } })).Ok();
        await Small(viewer, (await viewer.Store("Team photograph.png", Hill.Png(640, 640))).Id());
        await viewer.Store("A name that is as long as people make them when nobody stops them, version 3, final, really (2).txt", "words"u8.ToArray());
        await viewer.Store("archive.zip", [0x50, 0x4B, 3, 4, 1, 2, 3]);
    }

    private static async Task Small(Person owner, Guid file)
    {
        using var body = new ByteArrayContent(Hill.Png(360, 224));
        body.Headers.ContentType = new("image/png");
        (await owner.Http.Put($"files/{file}/thumbnail", body)).Ok();
    }
}
