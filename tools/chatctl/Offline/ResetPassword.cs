using System.CommandLine;
using ChatMonolith.Auth.Passwords;

namespace ChatMonolith.Chatctl.Offline;

internal static class ResetPassword
{
    public static Command Command()
    {
        var data = DataOption.Create();
        var login = new Option<string>("--login") { Description = "Username or email of the account.", Required = true, HelpName = "name" };
        var generate = new Option<bool>("--generate") { Description = "Make a password and show it once, without asking." };
        var command = new Command(
            "reset-password",
            "Sets an account's password and ends all of its sessions. The password is asked for, or read as one line from standard input; empty: one is made and shown once.")
        {
            data, login, generate,
        };
        command.SetAction((parsed, ct) => Refusal.Guard(() => Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(login), parsed.GetValue(generate), ct)));
        return command;
    }

    private static async Task<int> Run(string data, string login, bool generate, CancellationToken ct)
    {
        await using var server = await OfflineServer.Open(data, mayBeNew: false, ct);
        await server.OpenLog(ct);
        var done = (await server.Ask(new SetPassword.Command(login, PasswordInput.Read(generate)), ct)).Required();
        Console.WriteLine($"The password of {done.Username} is set. Sessions ended: {done.SessionsEnded}.");
        if (done.Generated is not null)
        {
            Console.WriteLine($"password: {done.Generated}   (shown only this once)");
        }

        return 0;
    }
}
