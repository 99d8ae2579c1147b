using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Browser;

/// <summary>A server with its admin, and people, rooms and messages to administer.</summary>
public sealed class AdminServer : BrowserServer
{
    public Person Admin { get; private set; } = null!;

    /// <summary>All pages of the administration, each as people come to it.</summary>
    public IReadOnlyList<(string Name, string Path)> Pages { get; private set; } = [];

    protected override async Task<RunningServer> StartServer()
    {
        // However slow the machine: the admin's proof stays fresh for all tests. No disk is large enough, so that there is an alert.
        var server = await RunningServer.Start(Engine.Sqlite, ("Auth__StepUpMinutes", "1440"), ("Alerts__DiskMegaBytes", "1073741824"));
        Admin = await server.Register("Root");
        await using var ada = await server.Register("Ada");
        await using var alan = await server.Register("Alan");
        await using var wordy = await server.Register("Wordy");
        (await wordy.Http.Patch("users/me", new { displayName = "Somebody whose name is longer than the place where it is shown" })).Ok();
        var room = await ada.CreateRoom("Release 0.1", "private", alan, wordy);
        (await ada.Http.Patch($"rooms/{room}", new { topic = "What has to be done before the first release" })).Ok();
        await ada.CreateRoom("A room whose name is as long as people make them when nobody stops them", "public");
        await ada.DirectRoomWith(alan);
        (await ada.Http.Post($"rooms/{room}/invites", new { expiresInHours = 24, maxUses = 5 })).Ok(201);
        foreach (var (who, text) in new[] { (ada, "Good morning!"), (alan, "Is it ready?"), (wordy, "Nearly.") })
        {
            await who.Post(room, text);
        }

        Pages =
        [
            ("admin-overview", "/admin"), ("admin-alerts", "/admin/alerts"), ("admin-users", "/admin/users"), ("admin-user", $"/admin/users/{ada.Id}"), ("admin-rooms", "/admin/rooms"), ("admin-room", $"/admin/rooms/{room}"),
            ("admin-messages", "/admin/messages"), ("admin-files", "/admin/files"), ("admin-transfers", "/admin/transfers"), ("admin-tokens", "/admin/tokens"), ("admin-invitations", "/admin/invitations"),
            ("admin-invites", "/admin/invites"), ("admin-hooks", "/admin/hooks"), ("admin-mail", "/admin/mail"), ("admin-audit", "/admin/audit"), ("admin-jobs", "/admin/jobs"),
            ("admin-job", "/admin/jobs/auth:clean-sessions"), ("admin-settings", "/admin/settings"), ("admin-announcements", "/admin/announcements"),
        ];
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        if (Admin is not null)
        {
            await Admin.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
