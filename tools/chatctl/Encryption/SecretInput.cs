using System.Text;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>
/// Where passphrases and links come from: a file's first line, or the terminal without echo, or a line of standard input. Never an
/// argument: those stand in the process list and in the shell's history.
/// </summary>
internal static class SecretInput
{
    /// <summary>What a new passphrase must have: whoever has the file may guess as long as they like.</summary>
    public const int NewPassphraseMin = 12;

    private const int LineMax = 1024;

    /// <param name="file">Its first line; null: the person is asked.</param>
    /// <param name="question">What is wanted, such as "Passphrase".</param>
    public static string Read(string? file, string question)
    {
        var text = file is not null ? FirstLine(file) : Console.IsInputRedirected ? Console.In.ReadLine() ?? "" : Typed(question + ": ");
        return text.Length is > 0 and <= LineMax ? text : throw new RefusedException($"{question}: nothing was given.");
    }

    /// <summary>A new one, typed twice.</summary>
    public static string ReadNew(string? file, string question)
    {
        var text = Read(file, question);
        if (text.Length < NewPassphraseMin)
        {
            throw new RefusedException($"{question}: at least {NewPassphraseMin} characters. Several words that do not belong together are good, and easy to type.");
        }

        return file is not null || Console.IsInputRedirected || Typed("Again: ") == text ? text : throw new RefusedException("The two differ. Nothing was made.");
    }

    private static string FirstLine(string file)
    {
        try
        {
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadLine() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{file} cannot be read: {e.Message}");
        }
    }

    private static string Typed(string question)
    {
        Console.Error.Write(question);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                Console.Error.WriteLine();
                return typed.ToString();
            }

            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar) && typed.Length < LineMax)
            {
                typed.Append(key.KeyChar);
            }
        }
    }
}
