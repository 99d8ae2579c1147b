using Spectre.Console;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>A progress bar on standard error with speed and time left; nothing where no person looks.</summary>
internal static class Bar
{
    public static async Task Show(string text, long total, Func<IProgress<long>?, Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work(null);
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(enabled: true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(text), maxValue: Math.Max(1, total));
                await work(new Told(task));
                task.Value = task.MaxValue;
            });
    }

    private sealed class Told(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = value;
    }
}
