using System.Text;

namespace ChatMonolith.Chatctl.Offline;

/// <summary>
/// Where a new password comes from: typed twice without echo, or one line on standard input. An empty one means that the server makes
/// it. Never an argument: those stand in the process list and the shell's history.
/// </summary>
internal static class PasswordInput
{
    /// <returns>Null: to be generated.</returns>
    public static string? Read(bool generate)
    {
        if (generate)
        {
            return null;
        }

        if (Console.IsInputRedirected)
        {
            var line = Console.In.ReadLine();
            return string.IsNullOrEmpty(line) ? null : line;
        }

        var password = Prompt("New password (empty: one is made): ");
        if (password.Length == 0)
        {
            return null;
        }

        return Prompt("Again: ") == password ? password : throw new RefusedException("The two passwords differ. Nothing was changed.");
    }

    private static string Prompt(string text)
    {
        Console.Error.Write(text);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.Error.WriteLine();
                    return typed.ToString();
                case ConsoleKey.Backspace when typed.Length > 0:
                    typed.Length--;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        typed.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
