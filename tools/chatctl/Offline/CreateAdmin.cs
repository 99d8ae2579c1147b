using System.CommandLine;
using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Requests;

namespace ChatMonolith.Chatctl.Offline;

/// <summary>Makes an admin account, in the same transaction that a registration runs in.</summary>
internal static class CreateAdmin
{
    public static Command Command()
    {
        var data = DataOption.Create();
        var username = new Option<string?>("--username") { Description = "3 to 32 of a-z 0-9 . _ -   Left out: one is made." };
        var email = new Option<string?>("--email") { Description = "May be left out." };
        var displayName = new Option<string?>("--display-name") { Description = "Left out: the username." };
        var generate = new Option<bool>("--generate") { Description = "Make a password and show it once, without asking." };
        var command = new Command(
            "create-admin",
            "Makes an admin account in the data folder of a stopped server (a new folder is made). The password is asked for, or read as one line from standard input; empty: one is made and shown once.")
        {
            data, username, email, displayName, generate,
        };
        command.SetAction((parsed, ct) => Refusal.Guard(() =>
            Run(parsed.GetRequiredValue(data), parsed.GetValue(username), parsed.GetValue(email), parsed.GetValue(displayName), parsed.GetValue(generate), ct)));
        return command;
    }

    private static async Task<int> Run(string data, string? username, string? email, string? displayName, bool generate, CancellationToken ct)
    {
        // The folder first: nobody types a password to learn that the server is running.
        await using var server = await OfflineServer.Open(data, mayBeNew: true, ct);
        await server.OpenLog(ct);
        var password = PasswordInput.Read(generate);
        var here = new ClientInfo("", "", "chatctl", IsLocal: true);
        var made = (await server.Ask(new Register.Command(email, username, password, displayName, SetupToken: null, here, AsAdmin: true), ct)).Required();
        Console.WriteLine($"The admin {made.User.Username} is made.");
        if (made.Generated is { } generated)
        {
            Console.WriteLine($"username: {generated.Username}");
            if (password is null)
            {
                Console.WriteLine($"password: {generated.Password}   (shown only this once)");
            }
        }

        return 0;
    }
}
