namespace ChatMonolith.Tests.Harness;

/// <summary>Repeats a request until it is stopped, and keeps the answers.</summary>
public sealed class Repeating
{
    private readonly Task<List<Answer>> running;
    private volatile bool stopped;

    public Repeating(Func<Task<Answer>> request) => running = Task.Run(async () =>
    {
        var answers = new List<Answer>();
        while (!stopped)
        {
            answers.Add(await request());
        }

        return answers;
    });

    public async Task<List<Answer>> Stop()
    {
        stopped = true;
        return await running;
    }
}
